#include "proxy/exchange/request_key.h"

#include <string_view>

#include "balancing/hash.h"
#include "proxy/exchange/cookies.h"
#include "proxy/exchange/query_text.h"

namespace poise::exchange {
namespace {

using Kind = balancing::KeySource::Kind;

std::string_view bytes_of(const void* data, std::size_t size) {
  return {static_cast<const char*>(data), size};
}

// The address alone, without the port; IPv4 in its IPv6 form as IPv4. Empty for a Unix socket.
std::string_view ip_bytes(const net::Address& client) {
  if (client.is_unix()) return {};
  if (client.family() == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(client.get());
    return bytes_of(&v4->sin_addr, sizeof v4->sin_addr);
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(client.get());
  const std::string_view all = bytes_of(&v6->sin6_addr, sizeof v6->sin6_addr);
  return IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr) ? all.substr(12) : all;
}

std::string_view header_value(const http::RequestHead& request, std::string_view name) {
  if (http::field_id_of(name) == http::FieldId::host) return request.authority;
  const http::Field* field = request.fields.find(name);
  return field == nullptr ? std::string_view{} : field->value;
}

std::uint64_t hash_or_chance(std::string_view text, base::Random& random) {
  return text.empty() ? random() : balancing::hash_text(text);
}

}  // namespace

std::string_view key_text(const balancing::KeySource& source, const http::RequestHead& request,
                          const net::Address& client) {
  switch (source.kind) {
    case Kind::client_ip:
      return ip_bytes(client);
    case Kind::header:
      return header_value(request, source.name);
    case Kind::cookie:
      return find_cookie(request.fields, source.name);
    case Kind::query:
      return query_value(request.query, source.name);
    case Kind::path:
      return request.path;
    case Kind::sni:  // refused for listeners of requests
      return {};
  }
  return {};
}

std::uint64_t request_key(const balancing::KeySource* source, const http::RequestHead& request,
                          const net::Address& client, base::Random& random) {
  if (source == nullptr) return 0;
  return hash_or_chance(key_text(*source, request, client), random);
}

std::uint64_t visitor_key(const http::RequestHead& request, const net::Address& client) {
  const http::Field* agent = request.fields.find(http::FieldId::user_agent);
  const std::uint64_t agent_hash = agent == nullptr ? 0 : balancing::hash_text(agent->value);
  return balancing::mix(balancing::hash_text(ip_bytes(client)), agent_hash);
}

std::uint64_t session_key(const balancing::KeySource* source, const net::Address& client,
                          std::string_view server_name, base::Random& random) {
  if (source == nullptr) return 0;
  if (source->kind == Kind::sni) return hash_or_chance(server_name, random);
  const bool has_it = source->kind == Kind::client_ip;
  return hash_or_chance(has_it ? ip_bytes(client) : std::string_view{}, random);
}

}  // namespace poise::exchange
