// What of a request a hashing strategy balances by. The strategy only names it; whoever holds the
// request takes the text out of it and hashes that (hash.h). Plain data.
#pragma once

#include <cstdint>
#include <string>

namespace poise::balancing {

struct KeySource {
  enum class Kind : std::uint8_t { client_ip, header, cookie, query, path };
  Kind kind = Kind::client_ip;
  std::string name{};  // of the header, the cookie or the parameter

  bool operator==(const KeySource&) const = default;
};

}  // namespace poise::balancing
