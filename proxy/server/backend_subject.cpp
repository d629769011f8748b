#include "proxy/server/backend_subject.h"

#include <utility>

namespace poise::server {
namespace {

using balancing::BackendStatus;

constexpr auto kRelaxed = std::memory_order_relaxed;
// Somebody else's, to be left as they are.
constexpr BackendStatus kForeign = balancing::kDraining | balancing::kDrained;

BackendStatus bits_of(health::Fitness fitness) {
  unsigned bits = 0;
  if (fitness.down) bits |= balancing::kDown;
  if (fitness.unknown) bits |= balancing::kUnknown;
  if (fitness.ejected) bits |= balancing::kEjected;
  if (fitness.probation) bits |= balancing::kProbation;
  return static_cast<BackendStatus>(bits);
}

std::uint32_t wrapped(std::uint64_t count) { return static_cast<std::uint32_t>(count); }

}  // namespace

BackendSubject::BackendSubject(net::Loop& loop, std::shared_ptr<pool::PoolRecord> pool,
                               std::shared_ptr<pool::BackendRecord> backend)
    : loop_(loop), pool_(std::move(pool)), backend_(std::move(backend)) {}

void BackendSubject::set_fitness(health::Fitness fitness) {
  const BackendStatus before = backend_->status.load(kRelaxed);
  const auto after = static_cast<BackendStatus>((before & kForeign) | bits_of(fitness));
  if (after == before) return;
  backend_->status_since.store(loop_.now(), kRelaxed);
  backend_->status.store(after, kRelaxed);
  pool_->status_version.fetch_add(1, std::memory_order_release);
}

bool BackendSubject::is_draining() const {
  return (backend_->status.load(kRelaxed) & balancing::kDraining) != 0;
}

void BackendSubject::set_failure_limit(std::uint32_t limit) {
  backend_->failure_limit.store(limit, kRelaxed);
}

std::uint32_t BackendSubject::failures_in_a_row() const {
  return backend_->consecutive_failures.load(kRelaxed);
}

void BackendSubject::forget_failures() { backend_->consecutive_failures.store(0, kRelaxed); }

std::uint32_t BackendSubject::passed() const {
  std::uint64_t passed = 0;
  backend_->cells.for_each([&](const pool::BackendCells& cells) { passed += cells.passed.read(); });
  return wrapped(passed);
}

health::TrafficCounts BackendSubject::traffic() const {
  health::TrafficCounts counts;
  // What another process counted is no traffic of now.
  backend_->cells.for_each_worker([&](std::size_t worker, const pool::BackendCells& cells) {
    if (worker == base::kCarriedOver) return;
    counts.passed += wrapped(cells.passed.read());
    counts.failed += wrapped(cells.failed.read());
    for (std::size_t i = 0; i < counts.waits.size(); ++i) {
      counts.waits[i] += wrapped(cells.wait.count_in(static_cast<int>(i)));
    }
  });
  return counts;
}

}  // namespace poise::server
