#include <nlohmann/json.hpp>

#include "proxy/explain/render.h"

namespace poise::explain {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const RouteVerdict& verdict);
Json json_of(const Candidate& candidate);
Json json_of(const PoolChoice& pool);
Json json_of(const ListenerAnswer& answer);

template <class List>
Json all_of(const List& list) {
  Json json = Json::array();
  for (const auto& each : list) json.push_back(json_of(each));
  return json;
}

// Names that do not repeat.
Json object_of(const Pairs& pairs) {
  Json object = Json::object();
  for (const auto& [name, value] : pairs) object[name] = value;
  return object;
}

// Header fields, whose names may.
Json list_of(const Pairs& fields) {
  Json list = Json::array();
  for (const auto& [name, value] : fields) list.push_back({{"name", name}, {"value", value}});
  return list;
}

Json json_of(const RouteVerdict& verdict) {
  Json json{{"route", verdict.route}, {"takes", verdict.takes}};
  if (verdict.takes) return json;
  json["condition"] = verdict.condition;
  json["wanted"] = verdict.wanted;
  json["found"] = verdict.found;
  return json;
}

Json json_of(const Candidate& candidate) {
  Json json{{"name", candidate.name},     {"address", candidate.address},
            {"weight", candidate.weight}, {"tier", candidate.tier},
            {"zone", candidate.zone},     {"max_connections", candidate.max_connections}};
  if (candidate.share) json["share"] = *candidate.share;
  if (!candidate.why_not.empty()) json["why_not"] = candidate.why_not;
  if (candidate.score) json["score"] = *candidate.score;
  if (const auto& live = candidate.live) {
    json["state"] = live->state;
    json["in_flight"] = live->in_flight;
    json["connections"] = live->connections;
  }
  return json;
}

Json json_of(const PoolChoice& pool) {
  Json json{{"name", pool.name}, {"share", pool.share}, {"strategy", pool.strategy}};
  if (pool.key) json["key"] = {{"source", pool.key->source}, {"text", pool.key->text}};
  if (pool.session) {
    json["session"] = {{"cookie", pool.session->cookie}, {"home", pool.session->home}};
  }
  if (pool.lands_on) json["lands_on"] = *pool.lands_on;
  json["candidates"] = all_of(pool.candidates);
  json["unresolved"] = pool.unresolved;
  json["panics"] = pool.panics;
  json["balancing"] = object_of(pool.balancing);
  json["connections"] = object_of(pool.connections);
  if (!pool.queue.empty()) json["queue"] = object_of(pool.queue);
  json["retry"] = object_of(pool.retry);
  if (!pool.timeouts.empty()) json["timeouts"] = object_of(pool.timeouts);
  json["health"] = pool.health;
  return json;
}

void add_failure(const ListenerAnswer& answer, Json& json) {
  if (answer.status != 0) json["status"] = answer.status;
  if (answer.cause.empty()) return;
  json["cause"] = answer.cause;
  json["detail"] = answer.detail;
}

Json json_of(const ListenerAnswer& answer) {
  Json json{{"name", answer.listener},
            {"bind", answer.bind},
            {"protocol", answer.protocol},
            {"client", answer.client},
            {"client_was_told", answer.client_was_told},
            {"outcome", to_text(answer.outcome)}};
  add_failure(answer, json);
  if (!answer.route.empty()) json["route"] = answer.route;
  json["routes"] = all_of(answer.routes);
  json["not_asked"] = answer.not_asked;
  if (answer.reply) {
    json["reply"] = {{"headers", list_of(answer.reply->fields)}, {"body", answer.reply->body}};
  }
  if (const auto& sent = answer.to_backend) {
    json["to_backend"] = {{"method", sent->method},
                          {"target", sent->target},
                          {"host", sent->host},
                          {"headers", list_of(sent->fields)}};
  }
  json["pools"] = all_of(answer.pools);
  json["limits"] = object_of(answer.limits);
  json["timeouts"] = object_of(answer.timeouts);
  return json;
}

}  // namespace

std::string render_json(const Explanation& explanation) {
  const Json json{{"request", explanation.request},
                  {"host", explanation.host},
                  {"from", explanation.from},
                  {"notes", explanation.notes},
                  {"listeners", all_of(explanation.listeners)}};
  // Names in a configuration need not be UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace poise::explain
