// Which backend a client's sticky cookie names, and the value that names one. A value is
//   version (1 byte) | expiry, Unix seconds (5) | backend (8) | tag (16)       as base64url
// where backend and tag are HMAC-SHA256 under the pool's secret: it shows neither names nor
// addresses, cannot be made without the secret, and means the same wherever secret and backend name
// are the same. Nothing is stored. Immutable after construction, shared by all workers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "balancing/backend_set.h"
#include "proxy/base/clock.h"

namespace poise::balancing {

enum class SameSite : std::uint8_t { off, lax, strict, none };

// The cookie as browsers see it (RFC 6265 section 4.1), and how long it binds.
struct StickyConfig {
  std::string cookie = "poise";
  std::string secret{};
  bool is_secret_shared = true;  // false: made up, so that nobody else knows these sessions
  base::Duration ttl{0};         // 0: until the browser ends
  bool http_only = true;
  bool secure = false;
  SameSite same_site = SameSite::lax;
  std::string path = "/";
  std::string domain{};  // "": the host that was asked only

  bool operator==(const StickyConfig&) const = default;
};

class StickySessions {
 public:
  StickySessions(const BackendSet& backends, StickyConfig config);

  struct Session {
    BackendIndex home = 0;
    bool is_ageing = false;  // more than half of its time is over: to be told anew
  };
  // nullopt for what is forged, foreign, stale, or names nobody of this set.
  std::optional<Session> find(std::string_view value, base::WallTime now) const;

  std::string value_for(BackendIndex home, base::WallTime now) const;
  const StickyConfig& config() const { return config_; }

 private:
  static constexpr std::size_t kTagged = 14;
  static constexpr std::size_t kTag = 16;
  using Value = std::array<std::uint8_t, kTagged + kTag>;

  std::uint64_t seconds_left(std::uint64_t expiry, base::WallTime now) const;
  Value make(BackendIndex home, std::uint64_t expiry) const;
  bool is_authentic(const Value& value, BackendIndex home, std::uint64_t expiry) const;

  StickyConfig config_;
  std::vector<std::uint64_t> ids_;  // by BackendIndex
  std::unordered_map<std::uint64_t, BackendIndex> homes_;
  std::vector<Value> timeless_;  // by BackendIndex; made once, as most values are without a time
};

}  // namespace poise::balancing
