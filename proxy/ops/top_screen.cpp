#include "proxy/ops/top_screen.h"

#include <algorithm>
#include <array>

#include "proxy/ops/quantity_text.h"
#include "proxy/ops/screen_text.h"
#include "proxy/ops/trouble.h"

namespace poise::ops {
namespace {

constexpr std::size_t kMostTroubles = 4;
constexpr int kStates = 6;

// The worse the earlier.
int rank_of(const BackendView& backend) {
  static constexpr std::array<std::string_view, kStates> kOrder{"down",      "ejected", "draining",
                                                                "probation", "unknown", "up"};
  const auto* found = std::find(kOrder.begin(), kOrder.end(), backend.state);
  return static_cast<int>(found - kOrder.begin());
}

Tone tone_of(const BackendView& backend) {
  if (backend.is_broken()) return Tone::bad;
  return backend.state == "up" ? Tone::good : Tone::warn;
}

std::string rates_of(const Counts& counts) {
  std::string text;
  for (const auto& [word, rate] : counts) text += "  " + word + " " + rate_text(rate) + "/s";
  return text.empty() ? "  none" : text;
}

void add_head(const TopState& state, ScreenText& out) {
  const StatusView& status = state.status;
  out.add(Tone::strong, "poise " + status.version + "  " + status.state + "  up " +
                            seconds_text(status.uptime_s) + "  generation " +
                            count_text(status.generation) +
                            (out.has_colours() ? "  (q quits)" : ""));
}

void add_troubles(const TopState& state, ScreenText& out) {
  if (!state.lost.empty()) out.add(Tone::bad, "! no word from poise: " + state.lost);
  const auto troubles = troubles_of(state.status, state.pools, state.tick);
  if (troubles.empty() && state.lost.empty()) out.add(Tone::good, "all is well");
  const std::size_t shown = std::min(troubles.size(), kMostTroubles);
  for (std::size_t i = 0; i < shown; ++i) {
    const bool notice = troubles[i].degree == Trouble::Degree::notice;
    out.add(notice ? Tone::warn : Tone::bad, (notice ? "  " : "! ") + troubles[i].words);
  }
  const std::size_t more = troubles.size() - shown;
  if (more > 0) out.add(Tone::warn, "  and " + std::to_string(more) + " more");
}

void add_rates(const TopState& state, ScreenText& out) {
  const TickView& tick = state.tick;
  double failing = 0;
  for (const auto& each : tick.failures_per_s) failing += each.second;
  out.add("requests " + rate_text(tick.rps) + "/s  failures " + rate_text(failing) +
          "/s  retries " + rate_text(tick.retries_per_s) + "/s  in flight " +
          count_text(tick.in_flight) + "  queue " + count_text(tick.queue));
  out.add("latency  p50 " + milliseconds_text(tick.latency.p50_ms) + "  p90 " +
          milliseconds_text(tick.latency.p90_ms) + "  p99 " +
          milliseconds_text(tick.latency.p99_ms) + "  poise itself p99 " +
          milliseconds_text(tick.self_p99_ms));
  out.add("answers" + rates_of(tick.codes_per_s));
  out.add_bars("requests ", {state.rates.begin(), state.rates.end()});
}

void add_backend(const BackendView& backend, std::size_t name_width, ScreenText& out) {
  std::string line = backend.is_broken() ? "! " : "  ";
  line += padded(backend.name, name_width) + "  " + padded(backend.state, 9);
  line += right(count_text(backend.weight), 7) + right(count_text(backend.in_flight), 10);
  line += right(rate_text(backend.rps), 9) + right(milliseconds_text(backend.latency.p50_ms), 10);
  line += right(milliseconds_text(backend.latency.p99_ms), 10);
  out.add(tone_of(backend), line);
}

void add_pool(const PoolView& pool, ScreenText& out) {
  std::vector<BackendView> sorted = pool.backends;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return rank_of(a) < rank_of(b); });
  std::size_t longest = 7;
  for (const auto& backend : sorted) longest = std::max(longest, width_of(backend.name));
  // What is left beside the columns of numbers.
  longest = std::min(longest, out.columns() > 80 ? out.columns() - 60 : 20);
  out.add("");
  out.add(Tone::strong, "pool " + pool.name + "  " + count_text(pool.healthy) + " of " +
                            count_text(pool.total) + " fit  " + pool.balance + "  queue " +
                            count_text(pool.queue));
  out.add(Tone::quiet, "  " + padded("backend", longest) + "  " + padded("state", 9) +
                           right("weight", 7) + right("in flight", 10) + right("req/s", 9) +
                           right("p50", 10) + right("p99", 10));
  for (const auto& backend : sorted) add_backend(backend, longest, out);
}

int worst_of(const PoolView& pool) {
  int worst = kStates;
  for (const auto& backend : pool.backends) worst = std::min(worst, rank_of(backend));
  return worst;
}

}  // namespace

std::string top_screen(const TopState& state, ScreenSize size, Colours colours) {
  ScreenText out(size, colours == Colours::yes);
  add_head(state, out);
  add_troubles(state, out);
  out.add("");
  add_rates(state, out);
  std::vector<PoolView> pools = state.pools;
  std::stable_sort(pools.begin(), pools.end(),
                   [](const auto& a, const auto& b) { return worst_of(a) < worst_of(b); });
  for (const PoolView& pool : pools) add_pool(pool, out);
  return out.text();
}

}  // namespace poise::ops
