// What one process tells the one that replaces it: which sockets it hands over, and what would be
// lost with it. A value and its JSON. The reader believes nothing: whatever is missing, of another
// type or out of range makes the whole unreadable. Names that another version may have added are
// passed over. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "health/known_backend.h"
#include "proxy/base/result.h"
#include "proxy/net/address.h"

namespace poise::server {

struct HandOver {
  // Of one address; `descriptors` as the new process finds them.
  struct Sockets {
    net::Address asked;
    net::Address bound;
    bool is_foreign = false;
    std::vector<int> descriptors;
  };

  std::uint64_t generation = 1;  // of the configuration in force
  std::vector<Sockets> sockets;
  std::optional<Sockets> port;  // of the ControlPort
  std::string sticky_secret;    // that sticky cookies without one of their own are made with
  std::string ticket_keys;      // of TLS, as TicketKeys::from_bytes() takes them; empty: none
  health::KnownBackends health;
};

std::string to_json(const HandOver& what);
// Or what is wrong with it.
base::Result<HandOver, std::string> hand_over_of(std::string_view json);

}  // namespace poise::server
