// Reads `proxy_protocol` of listeners and of pools.
#pragma once

#include "proxy/net/proxy_protocol.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::net {

void read_proxy_protocol(conf::YamlMap& node, ProxyHeaderIn& out);
void read_proxy_protocol(conf::YamlMap& node, ProxyHeaderOut& out);

}  // namespace poise::net
