// A program started for a test: its output is gathered line by line by two threads of its own, it
// can be waited for and signalled, and the destructor kills it. Used by one thread. Does not run a
// shell.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/deadline.h"

namespace poise::support {

// Everything a stream of the child said so far.
class OutputLines {
 public:
  ~OutputLines();

  void gather_from(int descriptor);
  std::string text();
  std::vector<std::string> lines();
  // The `nth` (from 0) complete line that contains `part`.
  std::optional<std::string> wait_for_line(std::string_view part, std::size_t nth = 0,
                                           Deadline deadline = Deadline());
  void wait_for_end();

 private:
  std::optional<std::string> find_line(std::string_view part, std::size_t nth) const;
  void read_all(int descriptor);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  bool has_ended_ = false;
  std::thread reader_;
};

class ChildProcess {
 public:
  // `arguments[0]` is the program, found through PATH unless it has a slash. `environment` is added
  // to the test's own ("NAME=value").
  explicit ChildProcess(const std::vector<std::string>& arguments,
                        const std::vector<std::string>& environment = {});
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  OutputLines& standard_output() { return output_; }
  OutputLines& standard_error() { return error_; }
  bool is_running();
  void signal(int number);
  // The exit code, or 128 + the signal that ended it; nothing when it still runs.
  std::optional<int> wait_for_exit(Deadline deadline = Deadline());
  void limit_open_files(rlim_t count);

 private:
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
  OutputLines output_;
  OutputLines error_;
};

bool is_installed(const std::string& program);

}  // namespace poise::support
