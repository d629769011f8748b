// The sections of config_json(), one function each, and how values are written.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "conf/config.h"
#include "conf/reader/setting.h"

namespace poise::conf {

using Json = nlohmann::ordered_json;

Json json_of(const ListenerConfig& listener);
Json json_of(const exchange::RouteConfig& route, Protocol protocol);
Json json_of(const pool::PoolConfig& pool);
Json json_of(const pool::RetryConfig& retry);
Json json_of(const tls::ServerConfig& tls);
Json json_of(const tls::ClientConfig& tls);
Json json_of(const health::HealthConfig& health);
Json json_of(const Settings& settings);
Json json_of(const std::vector<net::Network>& networks);

// Header fields, or what is told apart by such names, each of which may come once only. Values of
// those that let somebody in are hidden.
using Pairs = std::vector<std::pair<std::string, std::string>>;
Json fields_of(const Pairs& fields);

std::string percent_text(double share);  // "20%"

// Sets `key` unless the value is empty, where that is how it is left out.
template <class Value>
void set_unless_empty(Json& json, const char* key, const Value& value) {
  if (!value.empty()) json[key] = value;
}

}  // namespace poise::conf
