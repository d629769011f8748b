// A running poise for one test: writes the configuration to a file of its own, starts the program,
// waits until it listens, and kills it at the end. Binds to port 0 and reads the real ports from
// what poise logs. A crash or a sanitizer's report fails the test, whatever else it looked at. Used
// by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/scratch_folder.h"

namespace poise::support {

// POISE_BINARY from the environment, else the one of this build.
std::string poise_binary();

class LivePoise {
 public:
  // `listeners` is how many "listening on" lines to wait for. Throws when poise does not start.
  explicit LivePoise(const std::string& yaml, std::size_t listeners = 1);
  // With `poise run` and these arguments instead of a file.
  explicit LivePoise(const std::vector<std::string>& arguments, std::size_t listeners = 1);

  ~LivePoise();

  // The port of the n-th bind, in the order of the configuration.
  std::uint16_t port(std::size_t nth = 0) const { return ports_.at(nth); }
  ChildProcess& process() { return *process_; }
  bool is_alive() { return process_->is_running(); }
  const ScratchFolder& folder() const { return folder_; }
  // Writes another configuration into the file and sends SIGHUP. The line poise logs in the end:
  // "… reloaded: …" or "… reload refused: …".
  std::string reload(const std::string& yaml);
  // The port of the n-th "listening on" line that poise logged so far.
  std::uint16_t opened_port(std::size_t nth);
  // SIGTERM, then the exit code.
  std::optional<int> stop();

 private:
  void start(const std::vector<std::string>& arguments, std::size_t listeners);

  ScratchFolder folder_;
  std::unique_ptr<ChildProcess> process_;
  std::vector<std::uint16_t> ports_;
  std::size_t reloads_ = 0;
};

// One HTTP listener on port 0, one worker, one pool named "app" of these backends; `listener` and
// `pool` are more lines for each, already indented by four spaces; `top` goes before everything.
std::string simple_config(const std::vector<std::string>& backends, const std::string& pool = "",
                          const std::string& listener = "", const std::string& top = "");

}  // namespace poise::support
