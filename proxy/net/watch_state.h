// What following a name decides: which endpoints count now, when to ask again, what the log should
// say. The last good answer stays while DNS fails; a "no" is believed once it was repeated for a
// while, since it empties a pool and may be a server that has just started. Pure: time and chance
// come in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proxy/base/clock.h"
#include "proxy/base/random.h"
#include "proxy/net/resolution.h"

namespace poise::net {

struct WatchPolicy {
  base::Duration ttl_min = std::chrono::seconds(1);
  base::Duration ttl_max = std::chrono::minutes(5);
  base::Duration interval{0};  // between questions; 0: by the answer's TTL

  bool operator==(const WatchPolicy&) const = default;
};

class WatchState {
 public:
  enum class News : std::uint8_t { none, resolved, changed, failed, recovered, gone };
  struct Step {
    News news = News::none;
    bool changed = false;  // the endpoints are others than before
    base::Duration ask_in{0};
  };

  explicit WatchState(WatchPolicy policy) : policy_(policy) {}

  Step on_resolution(Resolution resolution, base::MonotonicTime now, base::Random& random);
  void set_policy(WatchPolicy policy) { policy_ = policy; }

  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  // Asked and answered, well or badly, at least once.
  bool is_settled() const { return settled_; }
  // Why there is nothing, or nothing new; empty when all is well.
  const std::string& trouble() const { return trouble_; }

 private:
  Step on_found(Resolution resolution, base::Random& random);
  Step on_trouble(Resolution resolution, base::MonotonicTime now, base::Random& random);
  bool is_denial_believed(const Resolution& resolution, base::MonotonicTime now);
  base::Duration refresh_after(const Resolution& resolution, base::Random& random) const;
  base::Duration next_backoff(base::Random& random);

  WatchPolicy policy_;
  std::vector<Endpoint> endpoints_;
  std::string trouble_;
  bool settled_ = false;
  std::uint32_t failures_ = 0;  // in a row
  std::optional<base::MonotonicTime> denied_since_;
};

}  // namespace poise::net
