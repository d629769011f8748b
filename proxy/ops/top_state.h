// What `poise top` knows: the last answers and ticks of an admin, one laid over the other. Pure.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "proxy/ops/admin_model.h"

namespace poise::ops {

struct TopState {
  StatusView status;
  std::vector<PoolView> pools;
  TickView tick;
  std::deque<double> rates;  // requests a second of the last ticks, the newest last
  bool has_status = false, has_pools = false, has_tick = false;
  std::string lost;  // why nothing is heard at present; empty: all is heard

  bool is_complete() const { return has_status && has_pools && has_tick; }
};

void take_status(TopState& state, const Json& json);
void take_pools(TopState& state, const Json& json);
void take_tick(TopState& state, const Json& json);

}  // namespace poise::ops
