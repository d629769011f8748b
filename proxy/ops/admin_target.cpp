#include "proxy/ops/admin_target.h"

#include <netdb.h>

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>

namespace poise::ops {
namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::string_view kDefaultPort = ":9900";

base::Failure<std::string> refused(std::string_view url, const std::string& why) {
  return base::Failure{"'" + std::string(url) + "' is no admin address: " + why + "; write it as " +
                       kDefaultAdmin};
}

// "::1" within "[::1]" has colons that begin no port.
bool has_port(std::string_view authority) {
  const auto colon = authority.rfind(':');
  return colon != authority.npos && authority.find(']', colon) == authority.npos;
}

// getaddrinfo would take 99999 for what is left of it in 16 bits.
bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

std::optional<net::Address> resolve(const std::string& host, const std::string& port) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0) return std::nullopt;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  return net::Address(found->ai_addr, found->ai_addrlen);
}

std::optional<net::Address> address_of(const std::string& authority) {
  if (const auto address = net::Address::parse(authority)) return address;
  const auto colon = authority.rfind(':');
  const std::string host = authority.substr(0, colon);
  if (!is_port(authority.substr(colon + 1))) return std::nullopt;
  // The admin listens where the configuration says, and `localhost` there is 127.0.0.1.
  if (host == "localhost") return net::Address::parse("127.0.0.1" + authority.substr(colon));
  return resolve(host, authority.substr(colon + 1));
}

}  // namespace

base::Result<AdminTarget, std::string> read_admin_target(std::string_view url) {
  if (url.starts_with("unix:")) {
    const auto address = net::Address::parse(url);
    if (!address) return refused(url, "a path is missing, or too long");
    return AdminTarget{*address, "localhost", std::string(url)};
  }
  if (url.starts_with("https:")) return refused(url, "the admin speaks plain HTTP");
  std::string_view rest = url.starts_with(kScheme) ? url.substr(kScheme.size()) : url;
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty()) return refused(url, "the host is missing");
  if (rest.find_first_of("/?#@ ") != rest.npos) return refused(url, "it is a host and a port only");
  std::string authority(rest);
  if (!has_port(authority)) authority += kDefaultPort;
  const auto address = address_of(authority);
  if (!address || address->port() == 0) return refused(url, "no such host or port");
  return AdminTarget{*address, authority, std::string(kScheme) + authority};
}

}  // namespace poise::ops
