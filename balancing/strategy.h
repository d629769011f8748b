// What a balancing strategy is, in two halves. A Plan is built once a configuration on the control
// thread, holds the heavy tables and is shared by all workers; its picker() makes each worker's own
// Strategy, which nobody else touches and which needs no lock. Strategies decide only: health,
// tiers, zones and backends tried already are applied before, in `usable`; loads are counted and
// weights ramped by the Selector, which is the only caller.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "balancing/backend_mask.h"
#include "balancing/backend_set.h"
#include "balancing/effective_weights.h"
#include "balancing/hash_key.h"
#include "balancing/loads.h"
#include "proxy/base/clock.h"

namespace poise::balancing {

class StickySessions;

struct PickInput {
  std::uint64_t key;  // the request's hash; 0 when the strategy wants none
  const Loads& loads;
  const EffectiveWeights& weights;
  const BackendMask& usable;  // never one of weight 0
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

  // What it holds against a backend, for `explain`: the lower, the likelier. nullopt when it keeps
  // no such number.
  virtual std::optional<double> score(BackendIndex, const PickInput&) const { return std::nullopt; }
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

  // What of a request its PickInput::key is the hash of; nullptr: it wants no key.
  virtual const KeySource* key_source() const { return nullptr; }
  // Where the clients of a strategy that keeps them are at home; nullptr: it keeps none.
  virtual const StickySessions* sessions() const { return nullptr; }
  // Whether loads must be those of all workers together, which costs an atomic a request.
  virtual bool wants_shared_load() const { return false; }
};

}  // namespace poise::balancing
