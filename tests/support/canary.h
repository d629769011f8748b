// The well-behaved client that comes after every attack: it must get its own answers and nobody
// else's. Pure client; the ids it used are kept, so that a backend's records can be told apart.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "tests/support/strict_message.h"

namespace poise::support {

class Canary {
 public:
  explicit Canary(std::uint16_t proxy_port) : port_(proxy_port) {}

  // A GET and a PUT on a new connection, each with an id of its own. Empty, or what went wrong.
  std::string sing();
  // Takes this bird's requests out of what a backend got. Empty, or what was wrong with them.
  std::string recognise(std::vector<StrictMessage>& requests);

 private:
  std::string next_id();

  std::uint16_t port_;
  std::uint64_t sung_ = 0;
  std::set<std::string> awaited_;
};

}  // namespace poise::support
