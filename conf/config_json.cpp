#include "conf/config_json.h"

#include <cstdio>

#include "conf/config_json_parts.h"
#include "conf/reader/quantities.h"

namespace poise::conf {
namespace {

const char* word_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      break;
  }
  return "error";
}

const char* word_of(exchange::AccessFormat format) {
  switch (format) {
    case exchange::AccessFormat::json:
      return "json";
    case exchange::AccessFormat::common:
      return "common";
    case exchange::AccessFormat::combined:
      break;
  }
  return "combined";
}

Json json_of(const AdminConfig& admin) {
  if (!admin.bind) return "off";
  Json json{{"bind", admin.bind->text()}};
  if (!admin.token.empty()) json["token"] = kHidden;
  return json;
}

Json json_of(const LogConfig& log) {
  return {{"level", word_of(log.level)},
          {"format", log.format == LogFormat::json ? "json" : "text"},
          {"access",
           {{"to", log.access.to},
            {"format", word_of(log.access.format)},
            {"sample", percent_text(log.access.sample)},
            {"errors_always", log.access.errors_always}}}};
}

Json json_of(const net::DnsConfig& dns) {
  Json json{{"timeout", to_text(dns.timeout)},
            {"attempts", dns.attempts},
            {"ttl_min", to_text(dns.ttl_min)},
            {"ttl_max", to_text(dns.ttl_max)}};
  for (const net::Address& server : dns.servers) json["servers"].push_back(server.text());
  return json;
}

Json json_of(const tracing::TracingConfig& tracing) {
  Json json{{"sample", percent_text(tracing.sample)}, {"service", tracing.service}};
  if (!tracing.otlp.is_set()) return json;
  const std::string& url = tracing.otlp.url;
  const auto query = url.find('?');
  json["otlp"] = query == url.npos ? url : url.substr(0, query + 1) + std::string(kHidden);
  if (!tracing.otlp.headers.empty()) json["headers"] = fields_of(tracing.otlp.headers);
  return json;
}

Json json_of(const Setting& setting) {
  return setting.inner.empty() ? Json(setting.value) : json_of(setting.inner);
}

}  // namespace

Json json_of(const Settings& settings) {
  const bool is_list = !settings.empty() && settings.front().key.empty();
  Json json = is_list ? Json::array() : Json::object();
  for (const Setting& setting : settings) {
    if (is_list) {
      json.push_back(json_of(setting));
    } else {
      json[setting.key] = json_of(setting);
    }
  }
  return json;
}

Json fields_of(const Pairs& fields) {
  Json json = Json::object();
  for (const auto& [name, value] : fields) {
    json[name] = is_secret_field(name) ? std::string(kHidden) : value;
  }
  return json;
}

Json json_of(const std::vector<net::Network>& networks) {
  Json json = Json::array();
  for (const net::Network& network : networks) json.push_back(network.text());
  return json;
}

std::string percent_text(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.10g%%", share * 100);
  return text;
}

std::string config_json(const Config& config) {
  Json json{{"workers", config.workers == 0 ? Json("auto") : Json(config.workers)},
            {"affinity", config.affinity},
            {"admin", json_of(config.admin)},
            {"log", json_of(config.log)},
            {"trusted_proxies", json_of(config.trusted_proxies)},
            {"dns", json_of(config.dns)},
            {"shutdown", {{"drain", to_text(config.drain)}}}};
  if (config.tracing.enabled) json["tracing"] = json_of(config.tracing);
  set_unless_empty(json, "zone", config.zone);
  json["listeners"] = Json::array();
  for (const auto& listener : config.listeners) json["listeners"].push_back(json_of(listener));
  json["pools"] = Json::object();
  for (const auto& pool : config.pools) json["pools"][pool.name] = json_of(pool);
  // Names need not be UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace poise::conf
