// A port on the control loop, beside the workers' doors, that follows the configuration with them:
// the admin, of which the Server knows no more than this. Outlives the Server's run().
#pragma once

#include <functional>
#include <string>

#include "conf/config.h"
#include "proxy/base/result.h"

namespace poise::server {

class ControlPort {
 public:
  // Puts in force what was prepared; dropped without a call, it takes everything back.
  using Commit = std::function<void()>;

  // Does what can fail. The error says why `config` is refused as a whole; then nothing changed.
  virtual base::Result<Commit, std::string> prepare(const conf::Config& config) = 0;
  // The process ends: calls `done` once, from here or soon, when what is under way was answered.
  virtual void close(std::function<void()> done) = 0;

 protected:
  ~ControlPort() = default;
};

}  // namespace poise::server
