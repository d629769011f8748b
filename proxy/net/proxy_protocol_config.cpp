#include "proxy/net/proxy_protocol_config.h"

#include "conf/reader/yaml_reader.h"

namespace poise::net {

void read_proxy_protocol(conf::YamlMap& node, ProxyHeaderIn& out) {
  node.read_choice<ProxyHeaderIn>("proxy_protocol", out,
                                  {{"off", ProxyHeaderIn::off},
                                   {"accept", ProxyHeaderIn::accept},
                                   {"require", ProxyHeaderIn::require}});
}

void read_proxy_protocol(conf::YamlMap& node, ProxyHeaderOut& out) {
  node.read_choice<ProxyHeaderOut>(
      "proxy_protocol", out,
      {{"off", ProxyHeaderOut::off}, {"v1", ProxyHeaderOut::v1}, {"v2", ProxyHeaderOut::v2}});
}

}  // namespace poise::net
