// What this process was started with: listening sockets that a supervisor opened for it
// (LISTEN_FDS, sd_listen_fds(3)), or everything of a process that it is to replace (upgrade.h).
// Read once, from the environment, which forgets it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proxy/base/result.h"
#include "proxy/net/fd.h"
#include "proxy/server/hand_over.h"
#include "proxy/server/listening.h"

namespace poise::server {

struct Inheritance {
  std::vector<InheritedSockets> sockets;
  // Of the process before, if there is one:
  std::optional<InheritedSockets> port;
  std::optional<HandOver> from;
  net::Fd pipe;
  net::Fd counters;

  Beside beside() const { return from ? Beside::other_process : Beside::nobody; }
};

// The name of the variable that a new process is told by, and what it finds where.
inline constexpr const char* kUpgradeVariable = "POISE_UPGRADE";
inline constexpr int kPipeDescriptor = 3;
inline constexpr int kHandOverDescriptor = 4;
inline constexpr int kCountersDescriptor = 5;  // a file that the process before writes to
inline constexpr int kFirstSocketDescriptor = 6;

// The error is for the user: what was handed over is not what it says.
base::Result<Inheritance, std::string> inherit();

}  // namespace poise::server
