// The supervisor that started this process and wants to hear how it does: systemd with Type=notify,
// or anyone who speaks its protocol, one datagram of "NAME=value" lines to the Unix socket in
// NOTIFY_SOCKET (sd_notify(3)). Written out here, since that is all it takes. Without NOTIFY_SOCKET
// nobody is told anything. A supervisor that does not listen is not waited for. Owned by the
// server, on the control thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/base/clock.h"
#include "proxy/net/fd.h"

namespace poise::net {

// Reads a variable of the environment; nullopt when it is not set.
std::optional<std::string> environment_value(const char* name);

class Supervisor {
 public:
  // What the environment says of it, for the process with this id. One that goes on for another,
  // as after an upgrade, keeps the other's WATCHDOG_PID.
  enum class Watched : std::uint8_t { if_meant, anyway };
  explicit Supervisor(Watched watched);

  bool is_there() const { return static_cast<bool>(fd_); }
  // WATCHDOG=1 has to be told at least so often; nullopt: nobody waits for it.
  std::optional<base::Duration> watchdog() const { return watchdog_; }

  void tell(std::string_view lines) const;

  void ready(std::string_view status) const;
  void reloading() const;  // to be followed by ready()
  void stopping() const;
  void alive() const { tell("WATCHDOG=1"); }
  void main_process_is(int pid) const;

 private:
  Fd fd_;
  std::string path_;  // "@name": abstract
  std::optional<base::Duration> watchdog_;
};

}  // namespace poise::net
