#include "proxy/ops/top_state.h"

#include <algorithm>

namespace poise::ops {
namespace {

constexpr std::size_t kKeptRates = 300;

template <class List>
auto find_named(List& list, const std::string& name) {
  return std::find_if(list.begin(), list.end(),
                      [&](const auto& each) { return each.name == name; });
}

// Only what a tick tells; address, transition and totals stay.
void lay_over(BackendView& backend, const BackendView& fresh) {
  backend.state = fresh.state;
  backend.weight = fresh.weight;
  backend.in_flight = fresh.in_flight;
  backend.connections = fresh.connections;
  backend.rps = fresh.rps;
  backend.latency = fresh.latency;
}

void lay_over(PoolView& pool, const PoolView& fresh) {
  pool.healthy = fresh.healthy;
  pool.total = fresh.total;
  pool.queue = fresh.queue;
  pool.panic = fresh.panic;
  for (const BackendView& backend : fresh.backends) {
    const auto known = find_named(pool.backends, backend.name);
    if (known != pool.backends.end()) lay_over(*known, backend);
  }
}

void lay_tick_over(TopState& state) {
  for (const PoolView& fresh : state.tick.pools) {
    const auto known = find_named(state.pools, fresh.name);
    if (known != state.pools.end()) lay_over(*known, fresh);
  }
}

}  // namespace

void take_status(TopState& state, const Json& json) {
  state.status = read_status(json);
  state.has_status = true;
}

void take_pools(TopState& state, const Json& json) {
  state.pools = read_pools(json);
  state.has_pools = true;
  lay_tick_over(state);
}

void take_tick(TopState& state, const Json& json) {
  state.tick = read_tick(json);
  state.has_tick = true;
  state.lost.clear();
  state.rates.push_back(state.tick.rps);
  if (state.rates.size() > kKeptRates) state.rates.pop_front();
  lay_tick_over(state);
}

}  // namespace poise::ops
