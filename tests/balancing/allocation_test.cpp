// Picks are on the data path, and allocate nothing: counted by standing in for the global operator
// new, whose every call in this program passes here.
// Not under a sanitizer, whose own operators find what these would hide.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <new>

#include "balancing/selector.h"
#include "proxy/base/random.h"
#include "tests/balancing/backends.h"

namespace {

std::atomic<std::size_t> allocations{0};  // of all threads: others than the test's rest meanwhile

void* counted(std::size_t size, std::size_t alignment) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  const std::size_t whole = (size + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, whole == 0 ? alignment : whole);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

// All forms, so that none meets another's memory.
void* operator new(std::size_t size) { return counted(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__); }
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return operator new(size, alignment);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return operator new(size);
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

using namespace poise;
using namespace poise::balancing;

namespace {

constexpr std::size_t kWarmUp = 1000;
constexpr std::size_t kPicks = 1000;
constexpr std::size_t kUnderWay = 64;

std::vector<SharedLoad*> pointers_to(std::vector<SharedLoad>& shared) {
  std::vector<SharedLoad*> loads;
  for (auto& load : shared) loads.push_back(&load);
  return loads;
}

class Course {
 public:
  Course(const StrategyEntry& entry, const BackendSet& backends)
      : shared_(backends.size()),
        selector_(entry.make_plan(backends, {}), backends, 1, {}, pointers_to(shared_)) {}

  void run(std::size_t picks, const BackendMask& excluded) {
    for (std::size_t i = 0; i < picks; ++i) step(under_way_[i % kUnderWay], excluded);
  }
  std::size_t allocations_of(std::size_t picks, const BackendMask& excluded) {
    const std::size_t before = allocations.load(std::memory_order_relaxed);
    run(picks, excluded);
    return allocations.load(std::memory_order_relaxed) - before;
  }
  Selector& selector() { return selector_; }

 private:
  void step(std::optional<BackendIndex>& place, const BackendMask& excluded) {
    now_ += std::chrono::microseconds(100);
    if (place) selector_.finished(*place, {Verdict::success, std::chrono::milliseconds(2), now_});
    place = selector_.pick({.key = keys_(), .excluded = excluded, .now = now_});
    if (place) selector_.started(*place);
  }

  std::vector<SharedLoad> shared_;
  Selector selector_;
  base::Random keys_{7};
  base::MonotonicTime now_{};
  std::array<std::optional<BackendIndex>, kUnderWay> under_way_{};
};

}  // namespace

TEST_CASE("allocations are counted") {
  const std::size_t before = allocations.load();
  const auto course = std::make_unique<std::vector<int>>(100);
  CHECK(allocations.load() == before + 2);
}

TEST_CASE("no strategy allocates for a pick, its start and its end") {
  for (const auto& entry : all_strategies()) {
    for (const std::size_t size : {4U, 300U}) {
      std::vector<std::uint32_t> weights(size, 1);
      weights[2] = 3;
      const auto backends = set_of(weights);
      BackendMask excluded(size);
      excluded.set(1);
      Course course(entry, backends);
      course.run(kWarmUp, kNobody);
      course.run(kWarmUp, excluded);
      const std::size_t plain = course.allocations_of(kPicks, kNobody);
      const std::size_t excluding = course.allocations_of(kPicks, excluded);
      course.selector().set_status(0, kProbation, {});
      course.run(1, kNobody);
      const std::size_t held = course.allocations_of(kPicks, excluded);
      INFO(entry.name << " over " << size);
      CHECK(plain == 0);
      CHECK(excluding == 0);
      CHECK(held == 0);
    }
  }
}

#endif
