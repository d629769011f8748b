#include "balancing/sticky_sessions.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "proxy/base/hmac.h"

namespace poise::balancing {
namespace {

constexpr std::uint8_t kVersion = 1;

// The two uses of the secret must never make the same digest.
std::uint64_t id_of(std::string_view secret, std::string_view backend) {
  const base::Digest digest = base::hmac_sha256(secret, "backend:" + std::string(backend));
  std::uint64_t id = 0;
  std::memcpy(&id, digest.data(), sizeof id);
  return id;
}

std::uint64_t unix_seconds(base::WallTime time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

std::uint64_t seconds_in(base::Duration time) {
  return static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(time).count());
}

}  // namespace

StickySessions::StickySessions(const BackendSet& backends, StickyConfig config)
    : config_(std::move(config)) {
  for (BackendIndex i = 0; i < backends.size(); ++i) {
    ids_.push_back(id_of(config_.secret, backends.name(i)));
    homes_.emplace(ids_.back(), i);
    timeless_.push_back(make(i, 0));
  }
}

StickySessions::Value StickySessions::make(BackendIndex home, std::uint64_t expiry) const {
  Value value{kVersion};
  for (int i = 0; i < 5; ++i) value[1 + i] = static_cast<std::uint8_t>(expiry >> (8 * (4 - i)));
  std::memcpy(&value[6], &ids_[home], sizeof ids_[home]);
  std::string tagged("session:");
  tagged.append(reinterpret_cast<const char*>(value.data()), kTagged);
  const base::Digest digest = base::hmac_sha256(config_.secret, tagged);
  std::copy_n(digest.begin(), kTag, value.begin() + kTagged);
  return value;
}

std::string StickySessions::value_for(BackendIndex home, base::WallTime now) const {
  if (config_.ttl.count() == 0) return base::to_base64url(timeless_[home]);
  return base::to_base64url(make(home, unix_seconds(now) + seconds_in(config_.ttl)));
}

bool StickySessions::is_authentic(const Value& value, BackendIndex home,
                                  std::uint64_t expiry) const {
  const Value genuine = expiry == 0 ? timeless_[home] : make(home, expiry);
  return base::equal_in_constant_time(value, genuine);
}

// 0 when its time is over. One without a time, or with more than this pool gives, is from before a
// reload: it holds, and is told anew.
std::uint64_t StickySessions::seconds_left(std::uint64_t expiry, base::WallTime now) const {
  if (expiry == 0) return 1;
  const std::uint64_t then = unix_seconds(now);
  return expiry > then ? expiry - then : 0;
}

std::optional<StickySessions::Session> StickySessions::find(std::string_view text,
                                                            base::WallTime now) const {
  Value value{};
  if (!base::from_base64url(text, value) || value[0] != kVersion) return std::nullopt;
  std::uint64_t expiry = 0;
  for (int i = 0; i < 5; ++i) expiry = expiry << 8 | value[1 + i];
  std::uint64_t id = 0;
  std::memcpy(&id, &value[6], sizeof id);
  const auto home = homes_.find(id);
  if (home == homes_.end() || !is_authentic(value, home->second, expiry)) return std::nullopt;
  const std::uint64_t left = seconds_left(expiry, now);
  if (left == 0) return std::nullopt;
  const bool has_time = expiry != 0;
  if (config_.ttl.count() == 0) return Session{home->second, has_time};
  return Session{home->second, !has_time || left <= seconds_in(config_.ttl) / 2};
}

}  // namespace poise::balancing
