#include "proxy/ops/trouble.h"

#include <algorithm>

#include "proxy/ops/quantity_text.h"

namespace poise::ops {
namespace {

using Degree = Trouble::Degree;

// " since 14:03:12: probe: connection refused"
std::string why(const BackendView& backend) {
  if (!backend.last || backend.last->to != backend.state) return {};
  std::string words = " since " + clock_text(backend.last->at);
  if (!backend.last->reason.empty()) words += ": " + backend.last->reason;
  if (!backend.last->evidence.empty()) words += " (" + backend.last->evidence + ")";
  return words;
}

std::string left(const BackendView& backend) {
  if (!backend.drain) return {};
  return ", " + count_text(backend.drain->streams + backend.drain->sessions) + " still under way";
}

void add_backend(const PoolView& pool, const BackendView& backend, std::vector<Trouble>& out) {
  const std::string name = pool.name + "/" + backend.name;
  if (backend.is_broken()) {
    out.push_back({Degree::broken, name + " is " + backend.state + why(backend)});
  } else if (backend.state == "draining") {
    out.push_back({Degree::notice, name + " is draining" + left(backend)});
  } else if (backend.state == "probation") {
    out.push_back({Degree::notice, name + " is on probation: back, with a part of its weight"});
  }
}

void add_pool(const PoolView& pool, std::vector<Trouble>& out) {
  if (pool.total > 0 && pool.healthy == 0) {
    out.push_back({Degree::outage, "no backend of pool " + pool.name + " serves"});
  }
  if (pool.panic) {
    out.push_back({Degree::outage, "pool " + pool.name + " panics: so few of its backends are " +
                                       "fit that health is ignored"});
  }
  if (pool.queue > 0) {
    out.push_back(
        {Degree::notice, count_text(pool.queue) + " requests wait in line for pool " + pool.name});
  }
  for (const BackendView& backend : pool.backends) add_backend(pool, backend, out);
}

void add_failures(const TickView& tick, std::vector<Trouble>& out) {
  double total = 0;
  std::string causes;
  for (const auto& [cause, rate] : tick.failures_per_s) {
    total += rate;
    causes += (causes.empty() ? "" : ", ") + cause + " " + rate_text(rate) + "/s";
  }
  if (total == 0) return;
  out.push_back({Degree::broken, rate_text(total) + " requests a second fail: " + causes});
}

}  // namespace

std::vector<Trouble> troubles_of(const StatusView& status, const std::vector<PoolView>& pools,
                                 const TickView& tick) {
  std::vector<Trouble> all;
  if (status.state == "draining") {
    all.push_back({Degree::outage, "poise is draining: it takes no new connections"});
  }
  if (status.last_reload && !status.last_reload->ok) {
    all.push_back({Degree::broken, "the last reload was refused: " + status.last_reload->error});
  }
  for (const PoolView& pool : pools) add_pool(pool, all);
  add_failures(tick, all);
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& a, const auto& b) { return a.degree < b.degree; });
  return all;
}

}  // namespace poise::ops
