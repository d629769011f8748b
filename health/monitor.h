// Health of all backends, once for the whole process: probes them, judges their traffic, and tells
// their Subjects how they stand. A new configuration is applied by difference: whoever stays keeps
// what is known of it. On the control loop; owned by the Server.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "health/pool_watch.h"

namespace poise::health {

class Monitor {
 public:
  // Traffic is judged so often; a failure that reaches its limit is reported at once, by look_at().
  static constexpr base::Duration kJudgeEvery = std::chrono::milliseconds(500);

  // `loop` and `events` outlive it.
  Monitor(net::Loop& loop, Events& events, std::uint64_t seed,
          std::size_t most_probes = Prober::kMostUnderWay);

  // For the next apply(): what another process knew.
  void remember(KnownBackends known) { remembered_ = std::move(known); }
  KnownBackends known() const;

  // Everything to be watched from now on; names of pools are unique.
  void apply(const std::vector<WatchedPool>& pools);

  // A backend of this pool failed too often in a row. Unknown pools are ignored.
  void look_at(std::string_view pool);

  std::size_t probes_under_way() const { return prober_.under_way(); }

 private:
  void on_timer();

  net::Loop& loop_;
  Events& events_;
  Prober prober_;
  KnownBackends remembered_;
  base::Timer timer_;
  std::map<std::string, std::unique_ptr<PoolWatch>, std::less<>> pools_;
};

}  // namespace poise::health
