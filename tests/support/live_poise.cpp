#include "tests/support/live_poise.h"

#include <signal.h>

#include <cstdlib>
#include <stdexcept>

namespace poise::support {
namespace {

constexpr std::string_view kReady = "listening on ";

// "… listening on 127.0.0.1:8080" -> 8080; 0 for a Unix path.
std::uint16_t port_in(const std::string& line) {
  const std::string address = line.substr(line.rfind(kReady) + kReady.size());
  if (address.find("unix:") != std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

}  // namespace

std::string poise_binary() {
  const char* path = std::getenv("POISE_BINARY");
  return path != nullptr ? path : POISE_BINARY_PATH;
}

LivePoise::LivePoise(const std::string& yaml, std::size_t listeners) {
  start({"-c", folder_.write("poise.yaml", yaml)}, listeners);
}

LivePoise::LivePoise(const std::vector<std::string>& arguments, std::size_t listeners) {
  start(arguments, listeners);
}

void LivePoise::start(const std::vector<std::string>& arguments, std::size_t listeners) {
  std::vector<std::string> all = {poise_binary(), "run"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  process_ = std::make_unique<ChildProcess>(all);
  for (std::size_t i = 0; i < listeners; ++i) {
    const auto line = process_->standard_error().wait_for_line(kReady, i, Deadline(kPatience * 2));
    if (!line)
      throw std::runtime_error("poise did not start: " + process_->standard_error().text());
    ports_.push_back(port_in(*line));
  }
}

std::optional<int> LivePoise::stop() {
  process_->signal(SIGTERM);
  return process_->wait_for_exit();
}

std::string simple_config(const std::vector<std::string>& backends, const std::string& pool,
                          const std::string& listener, const std::string& top) {
  std::string list;
  for (const std::string& backend : backends)
    list += (list.empty() ? "" : ", ") + ('"' + backend + '"');
  return top + "workers: 1\nlisteners:\n  - bind: 127.0.0.1:0\n    pool: app\n" + listener +
         "pools:\n  app:\n    backends: [" + list + "]\n" + pool;
}

}  // namespace poise::support
