#include "proxy/exchange/local_reply.h"

#include <algorithm>
#include <array>
#include <string>

#include "proxy/base/log_clock.h"
#include "proxy/exchange/prepare_request.h"
#include "proxy/http/h1_writer.h"

namespace poise::exchange {
namespace {

using http::Fields;

// The text is made once a second, for each worker.
std::string_view date_now() {
  thread_local base::LogClock clock;
  const auto now = std::chrono::system_clock::now();
  return clock.imf_fixdate(std::chrono::time_point_cast<std::chrono::milliseconds>(now));
}

LocalReply reply_of(int status, std::string_view content_type, std::string_view body) {
  LocalReply reply;
  reply.head.status = status;
  reply.head.framing = http::Framing::length;
  reply.body = reply.head.arena.copy(body);
  reply.head.content_length = body.size();
  reply.head.has_length = true;
  base::Arena& arena = reply.head.arena;
  reply.head.fields.add(arena, {"Date", arena.copy(date_now()), http::FieldId::date});
  if (!body.empty()) reply.head.fields.add(arena, "Content-Type", content_type);
  return reply;
}

std::string proxy_status_of(const base::Error& error) {
  std::string text = "poise; error=";
  text += base::proxy_status_type(error.cause);
  text += "; details=\"";
  text += base::to_text(error.cause);
  text += ' ';
  text += base::to_text(error.phase);
  if (error.detail[0] != '\0') {
    text += ": ";
    text += error.detail;
  }
  text += '"';
  return text;
}

bool is_unavailable(int status) { return status == 503 || status == 429; }

std::string host_without_port(std::string_view authority) {
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return std::string(authority.substr(0, has_port ? colon : authority.size()));
}

struct Place {
  std::string_view name;
  std::string text;
};

// In one pass: what a client sent is never looked at for places of its own.
std::string fill_in(std::string_view text, const std::array<Place, 3>& places) {
  std::string filled;
  while (!text.empty()) {
    const auto place = std::find_if(places.begin(), places.end(),
                                    [&](const Place& p) { return text.starts_with(p.name); });
    if (place == places.end()) {
      filled += text.front();
      text.remove_prefix(1);
    } else {
      filled += place->text;
      text.remove_prefix(place->name.size());
    }
  }
  return filled;
}

}  // namespace

LocalReply error_reply(const base::Error& error) {
  const int status = base::status_of(error);
  std::string body = std::to_string(status);
  body += ' ';
  body += http::reason_of(status);
  body += "\npoise: ";
  body += base::to_text(error.cause);
  if (error.detail[0] != '\0') {
    body += ": ";
    body += error.detail;
  }
  body += '\n';
  LocalReply reply = reply_of(status, "text/plain; charset=utf-8", body);
  base::Arena& arena = reply.head.arena;
  reply.head.fields.add(arena, "Proxy-Status", arena.copy(proxy_status_of(error)));
  if (is_unavailable(status)) reply.head.fields.add(arena, "Retry-After", "1");
  return reply;
}

LocalReply redirect_reply(const RedirectConfig& config, const http::RequestHead& request) {
  const std::string to = fill_in(
      config.to,
      {{{"{host}", host_without_port(request.authority)},
        {"{path}", std::string(request.path)},
        {"{query}", request.has_query ? "?" + std::string(request.query) : std::string()}}});
  LocalReply reply = reply_of(config.status, "", "");
  base::Arena& arena = reply.head.arena;
  reply.head.fields.add(arena, "Location", arena.copy(to));
  return reply;
}

LocalReply fixed_reply(const RespondConfig& config) {
  return reply_of(config.status, config.content_type, config.body);
}

LocalReply route_reply(const RouteConfig& route, const http::RequestHead& request) {
  LocalReply reply =
      route.redirect ? redirect_reply(*route.redirect, request) : fixed_reply(*route.respond);
  prepare_response(reply.head, route);
  return reply;
}

}  // namespace poise::exchange
