// The old process's side of an upgrade: starts the new executable with the listening sockets and
// everything else worth keeping, waits until it says that it is ready, and only then hands over. A
// new one that cannot be started, ends, or is not ready in time leaves this process in charge, and
// costs it a line in the log. Owned by the Server, on the control thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/net/child.h"
#include "proxy/net/line_pipe.h"
#include "proxy/server/hand_over.h"
#include "proxy/server/program.h"
#include "proxy/server/upgrade_phase.h"

namespace poise::server {

class Upgrade final : private net::LinePipe::Events {
 public:
  class Owner {
   public:
    // Its sockets by this process's descriptors.
    virtual HandOver what_to_hand_over() = 0;
    // All that was counted.
    virtual std::string counters() = 0;
    // Tells whom it may concern which process is the one to watch.
    virtual void announce(int pid) noexcept = 0;
    // That process is in charge now, and listens to the sockets.
    virtual void on_handed_over(int pid) noexcept = 0;

   protected:
    ~Owner() = default;
  };

  // Hears once what became of it: empty, and the process that is in charge now; or why not.
  using Told = std::function<void(const std::string& fault, int pid)>;

  // Without a program there is nothing to start.
  Upgrade(net::Loop& loop, std::optional<Program> program, Owner& owner);

  void begin(base::Duration patience, Told told = nullptr);
  // This process is to stop: so does a new one that is not in charge yet.
  void stop() { on_event(UpgradeEvent::told_stop, "this process was told to stop"); }

  // At the end of this process, when its workers have counted everything.
  void say_last_counters();

  bool is_starting() const { return phase_ == UpgradePhase::starting; }
  bool has_handed_over() const { return phase_ == UpgradePhase::handed_over; }

 private:
  void on_event(UpgradeEvent event, const std::string& why);
  void start();
  std::string try_to_start();
  void hand_over();
  void give_up(const std::string& why);
  void tell(const std::string& fault);

  void on_line(std::string_view line) noexcept override;
  void on_pipe_closed() noexcept override;
  void on_child_ended(pid_t pid, const std::string& how);
  void on_deadline();

  net::Loop& loop_;
  std::optional<Program> program_;
  Owner& owner_;
  UpgradePhase phase_ = UpgradePhase::none;
  base::Duration patience_{0};
  Told told_;  // of the one under way
  base::Timer deadline_;
  std::unique_ptr<net::LinePipe> pipe_;
  net::Fd counters_;
  pid_t started_ = -1;
  int ready_ = -1;  // that process which said so: the one started, or one that it started
  std::map<pid_t, std::unique_ptr<net::Child>> children_;  // until they ended
};

}  // namespace poise::server
