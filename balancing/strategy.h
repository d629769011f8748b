// What a balancing strategy is, in two halves. A Plan is built once a configuration on the control
// thread, holds the heavy tables and is shared by all workers; its picker() makes each worker's own
// Strategy, which nobody else touches and which needs no lock. Strategies decide only: health,
// breakers and backends tried already are applied before, in `usable`, and loads are counted by the
// Selector, which is the only caller.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "balancing/backend_mask.h"
#include "balancing/backend_set.h"
#include "proxy/base/clock.h"

namespace poise::balancing {

// What this worker has under way on a backend.
struct BackendLoad {
  std::uint32_t in_flight = 0;
};

struct PickInput {
  std::uint64_t key;                  // the request's hash; 0 when the strategy wants none
  std::span<const BackendLoad> load;  // by BackendIndex
  const BackendMask& usable;          // never one of weight 0
  base::MonotonicTime now;
};

enum class Verdict : std::uint8_t {
  success,
  failure,    // the backend's fault
  cancelled,  // the client went away, or another try was faster: says nothing about the backend
};

struct Outcome {
  Verdict verdict = Verdict::success;
  base::Duration latency{0};  // from the pick to the first byte of the response
  base::MonotonicTime now{};
};

class Strategy {
 public:
  Strategy() = default;
  Strategy(const Strategy&) = delete;
  Strategy& operator=(const Strategy&) = delete;
  virtual ~Strategy() = default;

  // A member of `usable`; nullopt only when there is none. Allocates nothing.
  virtual std::optional<BackendIndex> pick(const PickInput& input) = 0;
  // Once for every pick that was started.
  virtual void finished(BackendIndex, const Outcome&) {}
};

class Plan {
 public:
  Plan() = default;
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  virtual ~Plan() = default;

  // Equal seeds make equal choices; different ones keep workers from choosing in step. The strategy
  // may refer to this plan and must not outlive it.
  virtual std::unique_ptr<Strategy> picker(std::uint64_t seed) const = 0;
};

}  // namespace poise::balancing
