#include "tests/support/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <system_error>

extern char** environ;

namespace poise::support {
namespace {

std::vector<char*> as_pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The added ones come first: getenv() takes the first of a name.
std::vector<std::string> with_own_environment(std::vector<std::string> environment) {
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  return environment;
}

struct Pipe {
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe");
  }
  int ends[2] = {-1, -1};
};

// The child must start with nothing blocked or ignored, whatever the test program did.
void set_plain_signals(posix_spawnattr_t& attributes) {
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

pid_t spawn(std::vector<std::string> arguments, std::vector<std::string> environment, int output,
            int error) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, error, 2);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  set_plain_signals(attributes);
  pid_t pid = -1;
  const int failure =
      ::posix_spawnp(&pid, arguments.front().c_str(), &actions, &attributes,
                     as_pointers(arguments).data(), as_pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::system_error(failure, std::generic_category(), arguments.front());
  return pid;
}

}  // namespace

OutputLines::~OutputLines() {
  if (reader_.joinable()) reader_.join();
}

void OutputLines::gather_from(int descriptor) {
  reader_ = std::thread([this, descriptor] { read_all(descriptor); });
}

void OutputLines::read_all(int descriptor) {
  char bytes[4096];
  ssize_t taken = 0;
  while ((taken = ::read(descriptor, bytes, sizeof bytes)) > 0) {
    const std::lock_guard lock(mutex_);
    text_.append(bytes, static_cast<std::size_t>(taken));
    changed_.notify_all();
  }
  ::close(descriptor);
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  changed_.notify_all();
}

std::string OutputLines::text() {
  const std::lock_guard lock(mutex_);
  return text_;
}

std::vector<std::string> OutputLines::lines() {
  std::istringstream stream(text());
  std::vector<std::string> all;
  for (std::string line; std::getline(stream, line);) all.push_back(line);
  return all;
}

std::optional<std::string> OutputLines::find_line(std::string_view part, std::size_t nth) const {
  std::size_t start = 0;
  for (std::size_t end; (end = text_.find('\n', start)) != std::string::npos; start = end + 1) {
    const std::string_view line = std::string_view(text_).substr(start, end - start);
    if (line.find(part) == std::string_view::npos) continue;
    if (nth-- == 0) return std::string(line);
  }
  return std::nullopt;
}

std::optional<std::string> OutputLines::wait_for_line(std::string_view part, std::size_t nth,
                                                      Deadline deadline) {
  std::unique_lock lock(mutex_);
  std::optional<std::string> found;
  changed_.wait_until(lock, deadline.end(), [&] {
    found = find_line(part, nth);
    return found.has_value() || has_ended_;
  });
  return found;
}

void OutputLines::wait_for_end() {
  if (reader_.joinable()) reader_.join();
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments,
                           const std::vector<std::string>& environment) {
  Pipe output;
  Pipe error;
  pid_ = spawn(arguments, with_own_environment(environment), output.ends[1], error.ends[1]);
  ::close(output.ends[1]);
  ::close(error.ends[1]);
  output_.gather_from(output.ends[0]);
  error_.gather_from(error.ends[0]);
}

ChildProcess::~ChildProcess() {
  if (is_running()) {
    ::kill(pid_, SIGKILL);
    wait_for_exit();
  }
}

bool ChildProcess::is_running() { return !wait_for_exit(Deadline(Milliseconds(0))).has_value(); }

void ChildProcess::signal(int number) {
  if (!exit_code_) ::kill(pid_, number);
}

std::optional<int> ChildProcess::wait_for_exit(Deadline deadline) {
  comes_true(
      [this] {
        if (exit_code_) return true;
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
        exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return true;
      },
      deadline);
  return exit_code_;
}

void ChildProcess::limit_open_files(rlim_t count) {
  const rlimit limit{count, count};
  ::prlimit(pid_, RLIMIT_NOFILE, &limit, nullptr);
}

bool is_installed(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path == nullptr ? "" : path) + ":/usr/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace poise::support
