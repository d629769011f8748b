#include "proxy/exchange/sticky_visit.h"

#include <string>

#include "proxy/exchange/cookies.h"

namespace poise::exchange {
namespace {

using balancing::SameSite;
using balancing::StickyConfig;

std::string_view same_site_text(SameSite same_site) {
  switch (same_site) {
    case SameSite::lax:
      return "; SameSite=Lax";
    case SameSite::strict:
      return "; SameSite=Strict";
    case SameSite::none:
      return "; SameSite=None";
    case SameSite::off:
      break;
  }
  return "";
}

// RFC 6265 section 4.1.1.
std::string set_cookie(const StickyConfig& config, const std::string& value) {
  std::string text = config.cookie + '=' + value;
  if (!config.path.empty()) text += "; Path=" + config.path;
  if (!config.domain.empty()) text += "; Domain=" + config.domain;
  if (config.ttl.count() > 0) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(config.ttl).count();
    text += "; Max-Age=" + std::to_string(seconds);
  }
  if (config.secure) text += "; Secure";
  if (config.http_only) text += "; HttpOnly";
  text += same_site_text(config.same_site);
  return text;
}

}  // namespace

void StickyVisit::begin(const balancing::StickySessions& sessions, http::RequestHead& head,
                        base::WallTime now) {
  sessions_ = &sessions;
  const std::string& name = sessions.config().cookie;
  bool has_any = false;
  for (const http::Field& field : head.fields.all()) {
    if (field.id != http::FieldId::cookie) continue;
    for_each_cookie(field.value, [&](std::string_view pair) {
      if (!is_cookie(pair, name)) return;
      has_any = true;
      if (home_) return;
      const auto session = sessions.find(pair.substr(name.size() + 1), now);
      if (!session) return;
      home_ = session->home;
      is_ageing_ = session->is_ageing;
    });
  }
  if (has_any) remove_cookie(head, name);
}

void StickyVisit::tell(balancing::BackendIndex served_by, http::ResponseHead& head,
                       base::WallTime now) const {
  if (home_ == served_by && !is_ageing_) return;
  const std::string text = set_cookie(sessions_->config(), sessions_->value_for(served_by, now));
  head.fields.add(head.arena, "Set-Cookie", head.arena.copy(text));
}

std::string_view StickyVisit::outcome(balancing::BackendIndex served_by) const {
  if (sessions_ == nullptr) return {};
  if (!home_) return "new";
  return *home_ == served_by ? "kept" : "moved";
}

}  // namespace poise::exchange
