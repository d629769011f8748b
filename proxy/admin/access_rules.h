// Who may ask the admin what. Reached through loopback only, it trusts whoever is on this machine
// to read, but not the web pages their browsers show: a page that had its name resolved to
// 127.0.0.1 is known by its Host (DNS rebinding), and cannot send the header that a change needs.
// Elsewhere, and for changes wherever a token is set, the token must be shown. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "conf/admin_config.h"
#include "proxy/admin/endpoint.h"
#include "proxy/base/hmac.h"

namespace poise::admin {

struct Refusal {
  int status = 403;  // or 401
  std::string_view words;
};

class AccessRules {
 public:
  // Requires: `config` is on.
  explicit AccessRules(const conf::AdminConfig& config);

  std::optional<Refusal> refusal(Access access, const http::RequestHead& request) const;

 private:
  bool shows_token(const http::RequestHead& request) const;
  bool needs_token(Access access) const;

  bool is_local_;
  bool checks_host_;  // where browsers can come
  std::string salt_;
  std::optional<base::Digest> token_;  // salted, so that comparing takes the same time for all
};

// As a browser of this machine addresses it: an IP address or localhost, with or without port.
bool is_own_host(std::string_view authority);

}  // namespace poise::admin
