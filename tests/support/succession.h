// A running poise that is replaced by other executables again and again, each started by the one
// before: knows who is in charge, who has ended and how, and ends all of them. Started by a path of
// its own, so that a test may put another program there. A crash or a sanitizer's report of any of
// them fails the test. Used by one thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/scratch_folder.h"

namespace poise::support {

class Succession {
 public:
  explicit Succession(const std::string& yaml, std::size_t listeners = 1,
                      const std::vector<std::string>& environment = {});
  Succession(const Succession&) = delete;
  Succession& operator=(const Succession&) = delete;
  ~Succession();

  std::uint16_t port(std::size_t nth = 0) const { return ports_.at(nth); }
  const ScratchFolder& folder() const { return folder_; }
  void write_config(const std::string& yaml) { folder_.write("poise.yaml", yaml); }

  // What is started by the next upgrade: poise again, or a shell script.
  void put_poise();
  void put_script(const std::string& lines);

  pid_t in_charge() const { return pids_.back(); }
  pid_t first() const { return pids_.front(); }
  void signal(pid_t pid, int number) const;
  // SIGUSR2 to the one in charge, then waits until another one is. False when none came.
  bool upgrade();
  // The same, where something else asked for it. False when none came.
  bool note_in_charge();
  // The nth line that contains this.
  std::optional<std::string> line(const std::string& part, std::size_t nth = 0);
  std::string log();

  bool is_running(pid_t pid);
  // Its exit code, or 128 + the signal that ended it.
  std::optional<int> exit_code(pid_t pid, Deadline deadline = Deadline());
  std::vector<std::string> open_files(pid_t pid) const;

 private:
  ScratchFolder folder_;
  std::unique_ptr<ChildProcess> process_;
  std::vector<pid_t> pids_;
  std::vector<std::uint16_t> ports_;
  std::vector<std::pair<pid_t, int>> ended_;
};

}  // namespace poise::support
