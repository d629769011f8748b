#include "conf/config_json_parts.h"
#include "conf/reader/quantities.h"

namespace poise::conf {
namespace {

using exchange::HeaderEdits;
using exchange::MatchConfig;
using exchange::RouteConfig;

void set_unless_empty(Json& json, const char* key, const Pairs& pairs) {
  if (!pairs.empty()) json[key] = fields_of(pairs);
}

void set_unless_empty(Json& json, const char* key, const std::vector<net::Network>& networks) {
  if (!networks.empty()) json[key] = conf::json_of(networks);
}

const char* word_of(net::ProxyHeaderIn taken) {
  switch (taken) {
    case net::ProxyHeaderIn::off:
      return "off";
    case net::ProxyHeaderIn::accept:
      return "accept";
    case net::ProxyHeaderIn::require:
      break;
  }
  return "require";
}

Json json_of(const http::LimitsConfig& limits) {
  return {{"connections", limits.connections},
          {"header_bytes", limits.header_bytes},
          {"headers", limits.headers},
          {"uri_bytes", limits.uri_bytes},
          {"body_bytes", limits.body_bytes},
          {"requests_per_connection", limits.requests_per_connection}};
}

Json json_of(const http::TimeoutsConfig& timeouts) {
  return {{"handshake", to_text(timeouts.handshake)},   {"header", to_text(timeouts.header)},
          {"body_idle", to_text(timeouts.body_idle)},   {"idle", to_text(timeouts.idle)},
          {"write_idle", to_text(timeouts.write_idle)}, {"request", to_text(timeouts.request)}};
}

Json json_of(const MatchConfig& match) {
  Json json = Json::object();
  conf::set_unless_empty(json, "host", match.host);
  conf::set_unless_empty(json, "path", match.path);
  conf::set_unless_empty(json, "path_exact", match.path_exact);
  conf::set_unless_empty(json, "path_regex", match.path_regex);
  conf::set_unless_empty(json, "methods", match.methods);
  set_unless_empty(json, "headers", match.headers);
  set_unless_empty(json, "query", match.query);
  set_unless_empty(json, "source", match.source);
  conf::set_unless_empty(json, "sni", match.sni);
  conf::set_unless_empty(json, "alpn", match.alpn);
  return json;
}

Json json_of(const HeaderEdits& edits) {
  Json json = Json::object();
  set_unless_empty(json, "set", edits.set);
  set_unless_empty(json, "add", edits.add);
  conf::set_unless_empty(json, "remove", edits.remove);
  return json;
}

Json json_of(const exchange::RewriteConfig& rewrite) {
  Json json = Json::object();
  conf::set_unless_empty(json, "strip_prefix", rewrite.strip_prefix);
  conf::set_unless_empty(json, "path", rewrite.path);
  conf::set_unless_empty(json, "host", rewrite.host);
  return json;
}

void add_action(const RouteConfig& route, Json& json) {
  if (route.redirect) {
    json["redirect"] = {{"to", route.redirect->to}, {"status", route.redirect->status}};
  } else if (route.respond) {
    json["respond"] = {{"status", route.respond->status},
                       {"body", route.respond->body},
                       {"content_type", route.respond->content_type}};
  } else if (!route.split.empty()) {
    for (const auto& part : route.split) json["split"][part.pool] = part.weight;
  } else {
    json["pool"] = route.pool;
  }
}

// What a route leaves to its listener or pool is left out.
void add_timeouts(const RouteConfig& route, Json& json) {
  if (route.request_timeout.count() >= 0) {
    json["timeouts"]["request"] = to_text(route.request_timeout);
  }
  if (route.try_timeout.count() >= 0) json["timeouts"]["try"] = to_text(route.try_timeout);
}

}  // namespace

Json json_of(const RouteConfig& route, Protocol protocol) {
  Json json{{"name", route.name}};
  conf::set_unless_empty(json, "match", json_of(route.match));
  add_action(route, json);
  set_unless_empty(json, "allow", route.allow);
  set_unless_empty(json, "deny", route.deny);
  if (route.has_retry) json["retry"] = json_of(route.retry);
  if (protocol != Protocol::http) return json;
  conf::set_unless_empty(json, "rewrite", json_of(route.rewrite));
  conf::set_unless_empty(json, "request_headers", json_of(route.request_headers));
  conf::set_unless_empty(json, "response_headers", json_of(route.response_headers));
  add_timeouts(route, json);
  return json;
}

Json json_of(const ListenerConfig& listener) {
  const bool is_http = listener.protocol == Protocol::http;
  Json json{{"name", listener.name},
            {"bind", Json::array()},
            {"protocol", to_text(listener.protocol)},
            {"proxy_protocol", word_of(listener.proxy_protocol)}};
  for (const net::Address& address : listener.bind) json["bind"].push_back(address.text());
  if (listener.tls) json["tls"] = json_of(*listener.tls);
  if (!is_http) {
    json["limits"] = {{"connections", listener.limits.connections}};
    json["timeouts"] = {{"handshake", to_text(listener.timeouts.handshake)},
                        {"idle", to_text(listener.timeouts.idle)}};
  } else {
    json["limits"] = json_of(listener.limits);
    json["timeouts"] = json_of(listener.timeouts);
  }
  json["routes"] = Json::array();
  for (const auto& route : listener.routes) {
    json["routes"].push_back(json_of(route, listener.protocol));
  }
  return json;
}

}  // namespace poise::conf
