#include "proxy/exchange/prepare_request.h"

#include <cstring>

#include "proxy/http/hop_fields.h"

namespace poise::exchange {
namespace {

using http::Field;
using http::FieldId;
using http::Fields;

bool is_forwarded_field(FieldId id) {
  return id == FieldId::forwarded || id == FieldId::x_forwarded_for ||
         id == FieldId::x_forwarded_host || id == FieldId::x_forwarded_proto;
}

void add_forwarded(http::RequestHead& head, const http::ForwardedPeer& peer) {
  const http::ForwardedValues values =
      http::forwarded_values(head.arena, peer, head.fields, peer.scheme(), head.authority);
  head.fields.remove_if([](const Field& field) { return is_forwarded_field(field.id); });
  Fields& fields = head.fields;
  fields.add(head.arena, {"X-Forwarded-For", values.x_forwarded_for, FieldId::x_forwarded_for});
  fields.add(head.arena,
             {"X-Forwarded-Proto", values.x_forwarded_proto, FieldId::x_forwarded_proto});
  if (!values.x_forwarded_host.empty()) {
    fields.add(head.arena,
               {"X-Forwarded-Host", values.x_forwarded_host, FieldId::x_forwarded_host});
  }
  fields.add(head.arena, {"Forwarded", values.forwarded, FieldId::forwarded});
}

void remove_named(Fields& fields, std::string_view name) {
  fields.remove_if([&](const Field& field) { return http::equal_ignoring_case(field.name, name); });
}

void apply_edits(Fields& fields, base::Arena& arena, const HeaderEdits& edits) {
  for (const auto& name : edits.remove) remove_named(fields, name);
  for (const auto& [name, value] : edits.set) {
    remove_named(fields, name);
    fields.add(arena, name, value);
  }
  for (const auto& [name, value] : edits.add) fields.add(arena, name, value);
}

std::string_view joined(base::Arena& arena, std::string_view a, std::string_view b) {
  char* text = static_cast<char*>(arena.allocate(a.size() + b.size()));
  std::memcpy(text, a.data(), a.size());
  std::memcpy(text + a.size(), b.data(), b.size());
  return {text, a.size() + b.size()};
}

void rewrite(http::RequestHead& head, const RewriteConfig& config) {
  if (!config.strip_prefix.empty() && head.path.starts_with(config.strip_prefix)) {
    head.path.remove_prefix(config.strip_prefix.size());
    if (!head.path.starts_with('/')) head.path = joined(head.arena, "/", head.path);
  }
  if (!config.path.empty()) head.path = config.path;
  if (!config.host.empty()) head.authority = config.host;
}

}  // namespace

void prepare_request(http::RequestHead& head, const RouteConfig& route,
                     const http::ForwardedPeer& peer) {
  http::remove_hop_fields(head.fields);
  add_forwarded(head, peer);
  const bool old = head.version == http::Version::http_1_0;
  head.fields.add(head.arena, {"Via", old ? "1.0 poise" : "1.1 poise", FieldId::via});
  rewrite(head, route.rewrite);
  if (!route.request_headers.empty()) apply_edits(head.fields, head.arena, route.request_headers);
}

void prepare_response(http::ResponseHead& head, const RouteConfig& route) {
  http::remove_hop_fields(head.fields);
  if (!route.response_headers.empty()) apply_edits(head.fields, head.arena, route.response_headers);
}

}  // namespace poise::exchange
