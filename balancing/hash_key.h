// What of a request a hashing strategy balances by. The strategy only names it; whoever holds the
// request takes the text out of it and hashes that (hash.h). Plain data, and its reader.
#pragma once

#include <cstdint>
#include <string>

namespace poise::conf {
class YamlMap;
}

namespace poise::balancing {

struct KeySource {
  enum class Kind : std::uint8_t { client_ip, header, cookie, query, path, sni };
  Kind kind = Kind::client_ip;
  std::string name{};  // of the header, the cookie or the parameter

  bool operator==(const KeySource&) const = default;
};

// Reads `key: client_ip | header:NAME | cookie:NAME | query:NAME | path | sni` into `source`.
void read_key(conf::YamlMap& options, KeySource& source);
// As read_key takes it.
std::string to_text(const KeySource& source);

}  // namespace poise::balancing
