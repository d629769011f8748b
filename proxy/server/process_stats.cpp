#include "proxy/server/process_stats.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace poise::server {
namespace {

// /proc/self/stat, as proc(5) counts: field 1 is the process' number.
class StatLine {
 public:
  StatLine() {
    std::ifstream file("/proc/self/stat");
    std::string line;
    std::getline(file, line);
    // The second field is the program's name in parentheses, whatever it has in it.
    const auto name_end = line.rfind(')');
    if (name_end == line.npos) return;
    std::istringstream rest(line.substr(name_end + 1));
    for (std::string field; rest >> field;) fields_.push_back(std::move(field));
  }
  double field(std::size_t number) const {
    const std::size_t index = number - 3;
    return index < fields_.size() ? std::strtod(fields_[index].c_str(), nullptr) : 0;
  }

 private:
  std::vector<std::string> fields_;  // from the third on
};

double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return 0;
}

}  // namespace

std::uint64_t count_open_fds() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
  if (folder == nullptr) return 0;
  std::uint64_t count = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] != '.') ++count;
  }
  return count - 1;  // without the folder's own
}

ProcessStats read_process_stats() {
  const StatLine stat;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  rlimit limit{};
  (void)::getrlimit(RLIMIT_NOFILE, &limit);
  return {
      .cpu_seconds = (stat.field(14) + stat.field(15)) / ticks,
      .start_time_seconds = boot_time() + stat.field(22) / ticks,
      .virtual_bytes = static_cast<std::uint64_t>(stat.field(23)),
      .resident_bytes = static_cast<std::uint64_t>(stat.field(24)) * page,
      .threads = static_cast<std::uint64_t>(stat.field(20)),
      .open_fds = count_open_fds(),
      .max_fds = limit.rlim_cur,
  };
}

}  // namespace poise::server
