// Asks the admin of a running poise, each time over a connection of its own. Needs `admin: { bind:
// 127.0.0.1:0 }` in its configuration: the port is read from what poise logs. Used by one thread.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tests/support/live_poise.h"
#include "tests/support/raw_client.h"

namespace poise::support {

class AdminClient {
 public:
  explicit AdminClient(LivePoise& poise);

  std::uint16_t port() const { return port_; }
  Answer get(const std::string& path, const std::string& fields = "") const;
  // Null where the answer is not 200 or no JSON.
  nlohmann::json get_json(const std::string& path) const;

 private:
  std::uint16_t port_;
};

}  // namespace poise::support
