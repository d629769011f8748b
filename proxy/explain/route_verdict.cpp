#include "proxy/explain/route_verdict.h"

#include <algorithm>

#include "proxy/exchange/query_text.h"
#include "proxy/l4/tcp_route.h"

namespace poise::explain {
namespace {

using exchange::Condition;
using exchange::MatchConfig;
using Conditions = std::vector<std::pair<std::string, std::string>>;

template <class List, class Text>
std::string joined(const List& list, Text text) {
  std::string all;
  for (const auto& each : list) all += (all.empty() ? "" : ", ") + text(each);
  return all;
}

// The value wanted of the header or parameter of that name.
std::string value_wanted(const Conditions& conditions, std::string_view name) {
  const auto found = std::find_if(conditions.begin(), conditions.end(),
                                  [&](const auto& each) { return each.first == name; });
  return found == conditions.end() ? std::string() : found->second;
}

std::string wanted_by(const MatchConfig& match, const exchange::Mismatch& mismatch) {
  const std::string name(mismatch.wanted);
  switch (mismatch.condition) {
    case Condition::host:
      return match.host;  // with the '*' that the matcher does without
    case Condition::method:
      return joined(match.methods, [](const std::string& method) { return method; });
    case Condition::header:
      return name + ": " + value_wanted(match.headers, name);
    case Condition::query:
      return name + "=" + value_wanted(match.query, name);
    case Condition::source:
      return text_of(match.source);
    default:
      return name;
  }
}

std::string header_found(const http::RequestHead& request, std::string_view name) {
  if (http::field_id_of(name) == http::FieldId::host) return std::string(request.authority);
  std::string values;
  for (const http::Field& field : request.fields.all()) {
    if (!http::equal_ignoring_case(field.name, name)) continue;
    values += (values.empty() ? "" : ", ") + std::string(field.value);
  }
  return values;
}

std::string found_in(const http::RequestHead& request, const exchange::Mismatch& mismatch,
                     const net::Address& client) {
  switch (mismatch.condition) {
    case Condition::host:
      return std::string(exchange::HostName(request.authority).text());
    case Condition::method:
      return std::string(request.method_text);
    case Condition::header:
      return header_found(request, mismatch.wanted);
    case Condition::query:
      return std::string(exchange::query_value(request.query, mismatch.wanted));
    case Condition::source:
      return client.ip_text();
    default:
      return std::string(request.path);
  }
}

}  // namespace

std::string text_of(const std::vector<net::Network>& networks) {
  return joined(networks, [](const net::Network& network) { return network.text(); });
}

RouteVerdict verdict_on(const exchange::RouteConfig& route, const exchange::Mismatch& mismatch,
                        const http::RequestHead& request, const net::Address& client) {
  if (!mismatch) return {.route = route.name, .takes = true};
  return {.route = route.name,
          .condition = std::string(exchange::to_text(mismatch.condition)),
          .wanted = wanted_by(route.match, mismatch),
          .found = found_in(request, mismatch, client)};
}

RouteVerdict verdict_on(const exchange::RouteConfig& route, const Question& question, bool takes) {
  const MatchConfig& match = route.match;
  if (takes) return {.route = route.name, .takes = true};
  if (!match.source.empty() && !net::contains(match.source, question.from)) {
    return {.route = route.name,
            .condition = std::string(exchange::to_text(Condition::source)),
            .wanted = text_of(match.source),
            .found = question.from.ip_text()};
  }
  if (!l4::takes_name(match.sni, question.place)) {
    return {.route = route.name, .condition = "sni", .wanted = match.sni, .found = question.place};
  }
  const auto as_it_is = [](const std::string& protocol) { return protocol; };
  return {.route = route.name,
          .condition = "alpn",
          .wanted = joined(match.alpn, as_it_is),
          .found = joined(question.protocols, as_it_is)};
}

}  // namespace poise::explain
