// A port on the control loop, beside the workers' doors, that follows the configuration with them:
// the admin, of which the Server knows no more than this. Outlives the Server's run().
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "conf/config.h"
#include "proxy/base/result.h"
#include "proxy/server/hand_over.h"
#include "proxy/server/listening.h"

namespace poise::server {

class ControlPort {
 public:
  // Puts in force what was prepared; dropped without a call, it takes everything back.
  using Commit = std::function<void()>;

  // Does what can fail. The error says why `config` is refused as a whole; then nothing changed.
  virtual base::Result<Commit, std::string> prepare(const conf::Config& config) = 0;
  // Before the first prepare(): the socket of the process that this one replaces, to be gone on
  // with where the configuration has its address.
  virtual void adopt(InheritedSockets socket) = 0;
  // For a process that is to replace this one; nothing where there is none.
  virtual std::optional<HandOver::Sockets> socket() const = 0;
  // That process goes on with it, and with its file: close() closes no more than this one's side.
  virtual void leave_socket() = 0;

  // The process ends, or is replaced: calls `done` once, from here or soon, when what is under way
  // was answered.
  virtual void close(std::function<void()> done) = 0;

 protected:
  ~ControlPort() = default;
};

}  // namespace poise::server
