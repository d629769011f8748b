// The number a hashing strategy balances a request or a TCP session by: the hash of what its
// KeySource names. What is missing or empty makes a random number, so that whoever has no key is
// spread over all backends. Pure; allocates nothing.
#pragma once

#include <cstdint>
#include <string_view>

#include "balancing/hash_key.h"
#include "proxy/base/random.h"
#include "proxy/http/message.h"
#include "proxy/net/address.h"

namespace poise::exchange {

// What is hashed: of an address its bytes, else the text as written. Empty where the request has
// none.
std::string_view key_text(const balancing::KeySource& source, const http::RequestHead& request,
                          const net::Address& client);

// `request` is as it came, before any rewriting; `client` is the peer, or whom a trusted proxy
// names. 0 without a source.
std::uint64_t request_key(const balancing::KeySource* source, const http::RequestHead& request,
                          const net::Address& client, base::Random& random);

// Tells the visitors of sticky sessions apart, as far as address and User-Agent do.
std::uint64_t visitor_key(const http::RequestHead& request, const net::Address& client);

// A session knows its client, and perhaps the server's name it asked for.
std::uint64_t session_key(const balancing::KeySource* source, const net::Address& client,
                          std::string_view server_name, base::Random& random);

}  // namespace poise::exchange
