#include "proxy/admin/access_rules.h"

#include "proxy/http/validate.h"
#include "proxy/net/address.h"

namespace poise::admin {
namespace {

constexpr std::string_view kBearer = "bearer ";
constexpr std::string_view kMark = "X-Poise";

constexpr Refusal kForeignHost{
    403, "the Host of this request is a name that is not localhost: address the admin by its IP"};
constexpr Refusal kNoToken{401, "send the admin's token as 'Authorization: Bearer TOKEN'"};
constexpr Refusal kNoMark{403, "send 'X-Poise: 1', which tells a program from a web page"};

std::string_view value_of(const http::RequestHead& request, std::string_view name) {
  const http::Field* field = request.fields.find(name);
  return field == nullptr ? std::string_view() : field->value;
}

std::string_view without_port(std::string_view authority) {
  const auto bracket = authority.rfind(']');
  const auto colon = authority.rfind(':');
  const bool has_port = colon != authority.npos && (bracket == authority.npos || colon > bracket);
  return authority.substr(0, has_port ? colon : authority.size());
}

}  // namespace

bool is_own_host(std::string_view authority) {
  std::string_view host = without_port(authority);
  if (host == "localhost") return true;
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return net::Address::parse_ip(host, 0).has_value();
}

AccessRules::AccessRules(const conf::AdminConfig& config)
    : is_local_(conf::is_local(*config.bind)),
      checks_host_(is_local_ && !config.bind->is_unix()),
      salt_(base::random_secret()) {
  if (!config.token.empty()) token_ = base::hmac_sha256(salt_, config.token);
}

// An HTTP/1.0 client may send no Host, a browser always does.
std::optional<Refusal> AccessRules::refusal(Access access, const http::RequestHead& request) const {
  if (checks_host_ && !request.authority.empty() && !is_own_host(request.authority)) {
    return kForeignHost;
  }
  if (needs_token(access)) {
    return shows_token(request) ? std::nullopt : std::optional(kNoToken);
  }
  if (access == Access::changing && value_of(request, kMark) != "1") return kNoMark;
  return std::nullopt;
}

bool AccessRules::needs_token(Access access) const {
  if (access == Access::open) return false;
  return access == Access::changing ? token_.has_value() : !is_local_;
}

bool AccessRules::shows_token(const http::RequestHead& request) const {
  const std::string_view value = value_of(request, "Authorization");
  if (!token_ || !http::equal_ignoring_case(value.substr(0, kBearer.size()), kBearer)) return false;
  const auto shown = base::hmac_sha256(salt_, http::trim(value.substr(kBearer.size())));
  return base::equal_in_constant_time(shown, *token_);
}

}  // namespace poise::admin
