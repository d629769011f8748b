// Reads addresses, host names and networks from the configuration, and says what is wrong with
// those it cannot. Resolves nothing; only `localhost` is known, as 127.0.0.1.
#pragma once

#include <vector>

#include "proxy/net/address.h"
#include "proxy/net/resolution.h"

namespace poise::conf {
class YamlMap;
class YamlValue;
}  // namespace poise::conf

namespace poise::net {

// Where a listener opens: ":8080" (every address), "127.0.0.1:8080", "[::1]:8080", "unix:/path".
void read_bind(conf::YamlValue& value, Address& address);

// Where a backend is: as above, but with a host and with a port that is not 0; or a name to ask
// for, "app.internal:8080". One of the two is set.
void read_backend_address(conf::YamlValue& value, Address& address, Question& question);

// "app.internal:8080" of hosts, "_http._tcp.app.internal" of services.
void read_question(conf::YamlValue& value, Question::Kind kind, Question& question);

// A list of networks, "10.0.0.0/8" or a bare address each.
void read_networks(conf::YamlMap& map, const char* key, std::vector<Network>& networks);

}  // namespace poise::net
