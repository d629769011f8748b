#include "balancing/strategies/sticky_cookie.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "balancing/process_secret.h"
#include "balancing/sticky_sessions.h"
#include "balancing/strategies.h"
#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "proxy/base/ascii.h"

namespace poise::balancing {
namespace {

constexpr std::string_view kName = "sticky-cookie";
constexpr std::size_t kShortestSecret = 16;
constexpr conf::Range<base::Duration> kTtl{base::Duration::zero(), std::chrono::hours(24 * 400)};

struct StickyOptions : OptionsOf<StickyOptions> {
  StickyConfig sticky;
  BalanceConfig fallback{.strategy = "least-connections"};

  conf::Settings shown() const override;
  bool operator==(const StickyOptions&) const = default;
};

std::string yes_or_no(bool yes) { return yes ? "true" : "false"; }

std::string_view word_of(SameSite same_site) {
  switch (same_site) {
    case SameSite::off:
      return "off";
    case SameSite::lax:
      return "lax";
    case SameSite::strict:
      return "strict";
    case SameSite::none:
      break;
  }
  return "none";
}

conf::Settings StickyOptions::shown() const {
  conf::Settings settings{{"cookie", sticky.cookie}};
  if (!sticky.secret.empty()) settings.push_back({"secret", std::string(conf::kHidden)});
  settings.push_back({"fallback", "", balancing::shown(fallback)});
  settings.push_back({"ttl", conf::to_text(sticky.ttl)});
  settings.push_back({"http_only", yes_or_no(sticky.http_only)});
  settings.push_back({"secure", yes_or_no(sticky.secure)});
  settings.push_back({"same_site", std::string(word_of(sticky.same_site))});
  settings.push_back({"path", sticky.path});
  if (!sticky.domain.empty()) settings.push_back({"domain", sticky.domain});
  return settings;
}

class StickyCookiePlan : public Plan {
 public:
  StickyCookiePlan(const BackendSet& backends, const StickyOptions& options)
      : sessions_(backends, options.sticky), fallback_(make_plan(backends, options.fallback)) {}

  std::unique_ptr<Strategy> picker(std::uint64_t seed) const override {
    return fallback_->picker(seed);
  }
  const KeySource* key_source() const override { return fallback_->key_source(); }
  bool wants_shared_load() const override { return fallback_->wants_shared_load(); }
  const StickySessions* sessions() const override { return &sessions_; }

 private:
  StickySessions sessions_;
  std::shared_ptr<const Plan> fallback_;
};

// RFC 6265 section 4.1.1: what may stand in an attribute's value.
bool is_attribute(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != ';' && c != ','; });
}

void read_cookie_name(conf::YamlValue& value, std::string& name) {
  const auto text = value.text();
  if (!text) return;
  if (!base::ascii::is_token(*text))
    return value.error("must be a cookie's name, not " + conf::quoted(*text));
  name = *text;
}

void read_secret(conf::YamlValue& value, std::string& secret) {
  const auto text = value.text();
  if (!text) return;
  if (text->size() < kShortestSecret) {
    return value.error("must have at least 16 characters to be one (openssl rand -hex 32)");
  }
  secret = *text;
}

void read_fallback(conf::YamlValue& value, BalanceConfig& fallback) {
  BalanceConfig read = parse_balance(value);
  if (read.strategy == kName) return value.error("must be another strategy");
  fallback = std::move(read);
}

void read_path(conf::YamlValue& value, std::string& path) {
  const auto text = value.text();
  if (!text) return;
  if (!text->starts_with('/') || !is_attribute(*text)) {
    return value.error("must begin with '/' and hold no blanks, ';' or ','");
  }
  path = *text;
}

void read_domain(conf::YamlValue& value, std::string& domain) {
  const auto text = value.text();
  if (!text) return;
  if (text->empty() || !is_attribute(*text) || text->find_first_of("/:") != std::string::npos) {
    return value.error("must be a host name, not " + conf::quoted(*text));
  }
  domain = *text;
}

void read_attributes(conf::YamlMap& map, StickyConfig& sticky) {
  map.read("http_only", sticky.http_only);
  map.read("secure", sticky.secure);
  map.read_choice<SameSite>("same_site", sticky.same_site,
                            {{"lax", SameSite::lax},
                             {"strict", SameSite::strict},
                             {"none", SameSite::none},
                             {"off", SameSite::off}});
  if (sticky.same_site == SameSite::none && !sticky.secure) {
    map.error_at("same_site", "'same_site: none' needs 'secure: true': browsers drop the cookie");
  }
  map.with("path", [&](conf::YamlValue& value) { read_path(value, sticky.path); });
  map.with("domain", [&](conf::YamlValue& value) { read_domain(value, sticky.domain); });
}

}  // namespace

std::shared_ptr<const StrategyOptions> read_sticky_cookie(conf::YamlMap& map) {
  auto options = std::make_shared<StickyOptions>();
  StickyConfig& sticky = options->sticky;
  map.with("cookie", [&](conf::YamlValue& value) { read_cookie_name(value, sticky.cookie); });
  map.with("secret", [&](conf::YamlValue& value) { read_secret(value, sticky.secret); });
  map.with("fallback", [&](conf::YamlValue& value) { read_fallback(value, options->fallback); });
  map.read_duration("ttl", sticky.ttl, kTtl);
  read_attributes(map, sticky);
  return options;
}

std::shared_ptr<const Plan> plan_sticky_cookie(const BackendSet& backends,
                                               const BalanceConfig& config) {
  StickyOptions options = options_of<StickyOptions>(config);
  if (options.sticky.secret.empty()) {
    options.sticky.secret = process_secret();
    options.sticky.is_secret_shared = false;
  }
  return std::make_shared<StickyCookiePlan>(backends, options);
}

}  // namespace poise::balancing
