// What the hashing strategies promise beyond every strategy's contract: the same key leads to the
// same backend, on every worker and every poise, and hardly any key moves when backends come or go.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "balancing/hash.h"
#include "balancing/hash_ring.h"
#include "balancing/maglev_table.h"
#include "balancing/selector.h"
#include "proxy/base/random.h"
#include "tests/balancing/backends.h"

using namespace poise;
using namespace poise::balancing;

namespace {

const std::vector<std::string> kHashing{"ip-hash", "maglev", "ring-hash"};
constexpr int kKeys = 20000;

std::uint64_t key_of(int number) { return hash_text("key " + std::to_string(number)); }

// The names of the backends that each key leads to.
std::vector<std::string> homes(const std::string& strategy, const BackendSet& backends,
                               const std::vector<BackendIndex>& down = {}, std::uint64_t seed = 1) {
  Selector selector(plan_of(strategy, backends), backends, seed);
  for (const auto index : down) selector.set_status(index, kDown, {});
  std::vector<std::string> names;
  for (int i = 0; i < kKeys; ++i) {
    names.push_back(backends.name(selector.pick({.key = key_of(i)}).value()));
  }
  return names;
}

// The share of keys that changed, and of those that did without having had to.
struct Moved {
  double all = 0;
  double needless = 0;
};

Moved moved(const std::vector<std::string>& before, const std::vector<std::string>& after,
            const std::string& gone) {
  Moved result;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == after[i]) continue;
    result.all += 1.0 / double(before.size());
    if (before[i] != gone) result.needless += 1.0 / double(before.size());
  }
  return result;
}

BackendSet without(const BackendSet& backends, BackendIndex gone) {
  std::vector<BackendInfo> left;
  for (BackendIndex i = 0; i < backends.size(); ++i) {
    if (i != gone) left.push_back({backends.name(i), backends.weight(i)});
  }
  return BackendSet(std::move(left));
}

double chi_square(const std::vector<std::string>& picks, const BackendSet& backends) {
  double sum = 0;
  for (BackendIndex i = 0; i < backends.size(); ++i) {
    const double expected =
        double(picks.size()) * backends.weight(i) / double(backends.total_weight());
    const double seen = double(std::count(picks.begin(), picks.end(), backends.name(i)));
    sum += (seen - expected) * (seen - expected) / expected;
  }
  return sum;
}

}  // namespace

TEST_CASE("hashes are XXH3's, which every poise and every machine agrees on") {
  CHECK(hash_text("") == 0x2d06800538d394c2);
  CHECK(hash_text("poise") == hash_text(std::string("poise")));
  CHECK(hash_text("192.0.2.1") != hash_text("192.0.2.2"));
}

TEST_CASE("a key leads to the same backend on every worker and at every time") {
  const auto backends = set_of({1, 3, 2, 1, 1});
  for (const auto& strategy : kHashing) {
    INFO(strategy);
    CHECK(homes(strategy, backends, {}, 1) == homes(strategy, backends, {}, 2));
  }
}

TEST_CASE("where a key leads does not depend on the order of the list") {
  std::vector<BackendInfo> list;
  for (std::size_t i = 0; i < 40; ++i) list.push_back({address_of(i), std::uint32_t(1 + i % 3)});
  const BackendSet forward(list);
  std::reverse(list.begin(), list.end());
  std::swap(list[3], list[17]);
  const BackendSet shuffled(list);
  for (const auto& strategy : kHashing) {
    INFO(strategy);
    CHECK(homes(strategy, forward) == homes(strategy, shuffled));
    const auto down = forward.name(7);
    CHECK(homes(strategy, forward, {7}) == homes(strategy, shuffled, {*shuffled.find(down)}));
  }
}

TEST_CASE("a backend that is down loses its own keys only, and they spread over all others") {
  const auto backends = equal_set(20);
  for (const auto& strategy : kHashing) {
    INFO(strategy);
    const auto before = homes(strategy, backends);
    const auto after = homes(strategy, backends, {4});
    const auto change = moved(before, after, backends.name(4));
    CHECK(change.needless == 0);
    CHECK(change.all == Approx(0.05).margin(0.02));
    std::vector<int> gained(20);
    for (int i = 0; i < kKeys; ++i) {
      if (before[i] != after[i]) ++gained[*backends.find(after[i])];
    }
    CHECK(gained[4] == 0);
    CHECK(*std::max_element(gained.begin(), gained.end()) < kKeys / 20 / 4);
    CHECK(std::count(gained.begin(), gained.end(), 0) == 1);
    CHECK(homes(strategy, backends) == before);
  }
}

TEST_CASE("removing one of 100 backends from the ring moves its keys and no others") {
  const auto backends = equal_set(100);
  const auto before = homes("ring-hash", backends);
  double most = 0;
  for (const BackendIndex gone : {0U, 13U, 50U, 99U}) {
    const auto change =
        moved(before, homes("ring-hash", without(backends, gone)), backends.name(gone));
    CHECK(change.needless == 0);
    most = std::max(most, change.all);
  }
  CHECK(most <= 0.01 + 0.02);
}

// Measured by taking each of the hundred away: beside its own 1 %, 0.6 % of the entries of maglev's
// table move (1.3 % of ip-hash's smaller one).
TEST_CASE("removing one of 100 backends from the maglev table moves few keys beside its own") {
  const auto backends = equal_set(100);
  for (const std::string strategy : {"maglev", "ip-hash"}) {
    INFO(strategy);
    const auto before = homes(strategy, backends);
    for (const BackendIndex gone : {0U, 13U, 50U, 99U}) {
      const auto change =
          moved(before, homes(strategy, without(backends, gone)), backends.name(gone));
      CHECK(change.all <= 0.01 + 0.02);
    }
  }
}

TEST_CASE("a maglev table gives each backend its share of entries but for one") {
  for (const auto& weights : {std::vector<std::uint32_t>(100, 1), {5, 1, 2}, {65535, 1, 700}}) {
    const auto backends = set_of(weights);
    const MaglevTable table(backends, 65537);
    REQUIRE(table.entries().size() == 65537);
    for (BackendIndex i = 0; i < backends.size(); ++i) {
      const double exact = 65537.0 * weights[i] / double(backends.total_weight());
      const auto entries = double(std::count(table.entries().begin(), table.entries().end(), i));
      INFO(weights[i] << ": " << entries << " of " << exact);
      CHECK(std::abs(entries - exact) < 2);
    }
  }
}

TEST_CASE("a ring's shares are near the weights") {
  const auto backends = set_of({1, 2, 4, 1, 1, 2});
  const auto picks = homes("ring-hash", backends);
  for (BackendIndex i = 0; i < backends.size(); ++i) {
    const double share = double(std::count(picks.begin(), picks.end(), backends.name(i))) / kKeys;
    const double exact = backends.weight(i) / double(backends.total_weight());
    CHECK(share == Approx(exact).epsilon(0.12));
  }
}

TEST_CASE("a ring finds the first point at or after a hash") {
  const HashRing ring(equal_set(3));
  REQUIRE(ring.size() > 1000);
  CHECK(ring.after(ring.size() - 1) == 0);
  CHECK(ring.find(~std::uint64_t{0}) == 0);
  std::uint32_t last = 0;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const auto place = ring.find(i * (~std::uint64_t{0} / 5001));
    CHECK(place >= last);
    last = place;
  }
  CHECK(last >= ring.size() - 3);
}

// 10 backends: 9 degrees of freedom, 27.9 is passed by chance once in a thousand times. Maglev's
// shares are exact, so keys fall as chance would have it.
TEST_CASE("two thousand client addresses spread as evenly as chance allows") {
  const auto backends = equal_set(10);
  for (const std::string strategy : {"ip-hash", "maglev"}) {
    INFO(strategy);
    Selector selector(plan_of(strategy, backends), backends, 1);
    std::vector<std::string> picks;
    for (std::uint32_t i = 0; i < 2000; ++i) {
      const std::uint8_t bytes[] = {127, 0, std::uint8_t(i / 250), std::uint8_t(i % 250 + 1)};
      const auto key = hash_text({reinterpret_cast<const char*>(bytes), sizeof bytes});
      picks.push_back(backends.name(selector.pick({.key = key}).value()));
    }
    CHECK(chi_square(picks, backends) < 27.9);
  }
}

TEST_CASE("when hardly anybody is usable every key still has a home, by weight") {
  std::vector<std::uint32_t> weights(300, 1);
  weights[7] = 3;
  const auto backends = set_of(weights);
  std::vector<BackendIndex> down;
  for (BackendIndex i = 0; i < 300; ++i) {
    if (i != 7 && i != 8) down.push_back(i);
  }
  for (const std::string strategy : {"ip-hash", "maglev"}) {
    INFO(strategy);
    const auto picks = homes(strategy, backends, down);
    const auto heavy = std::count(picks.begin(), picks.end(), backends.name(7));
    CHECK(double(heavy) / kKeys == Approx(0.75).margin(0.03));
    CHECK(picks == homes(strategy, backends, down, 9));
  }
  CHECK(homes("ring-hash", backends, down) == homes("ring-hash", backends, down, 9));
}

TEST_CASE("a key everybody asks for is spread over the ring when its backend is busy") {
  const auto backends = equal_set(8);
  Selector selector(plan_of("ring-hash", backends), backends, 1);
  for (int i = 0; i < 800; ++i) selector.started(selector.pick({.key = key_of(5)}).value());
  for (BackendIndex i = 0; i < 8; ++i) {
    INFO(i);
    CHECK(selector.in_flight(i) <= 151);  // 1.5 times the average
  }
  const auto home = selector.pick({.key = key_of(5)}).value();
  CHECK(selector.in_flight(home) < 151);
}

TEST_CASE("with few requests under way the ring leaves every key at its backend") {
  const auto backends = equal_set(100);
  Selector selector(plan_of("ring-hash", backends), backends, 1);
  const auto home = selector.pick({.key = key_of(5)}).value();
  for (int i = 0; i < 4; ++i) {
    CHECK(selector.pick({.key = key_of(5)}) == home);
    selector.started(home);
  }
  CHECK(selector.pick({.key = key_of(5)}) != home);
}

TEST_CASE("rings of every size find the point that a search over all hashes finds") {
  for (const std::size_t size : {1U, 3U, 100U, 3000U}) {
    const auto backends = equal_set(size);
    const HashRing ring(backends);
    std::vector<std::pair<std::uint32_t, std::string>> points;
    for (BackendIndex i = 0; i < size; ++i) {
      for (std::uint32_t k = 0; k < ring.size() / size; ++k) {
        const auto hash = mix(hash_text(backends.name(i)), k) >> 32;
        points.emplace_back(static_cast<std::uint32_t>(hash), backends.name(i));
      }
    }
    REQUIRE(points.size() == ring.size());
    std::sort(points.begin(), points.end());
    base::Random random(4);
    for (int i = 0; i < 1000; ++i) {
      const auto key = random();
      const auto found = std::lower_bound(points.begin(), points.end(),
                                          std::pair(std::uint32_t(key >> 32), std::string()));
      const auto& expected = found == points.end() ? points.front() : *found;
      REQUIRE(backends.name(ring.at(ring.find(key))) == expected.second);
    }
  }
}

TEST_CASE("the ring's bound counts the requests of all workers") {
  const auto backends = equal_set(4);
  std::vector<SharedLoad> shared(4);
  std::vector<SharedLoad*> loads;
  for (auto& load : shared) loads.push_back(&load);
  const auto plan = plan_of("ring-hash", backends);
  Selector one(plan, backends, 1, {}, loads);
  Selector two(plan, backends, 2, {}, loads);
  const auto home = one.pick({.key = key_of(1)}).value();
  for (int i = 0; i < 200; ++i) one.started(home);
  CHECK(two.pick({.key = key_of(1)}).value() != home);
  for (int i = 0; i < 200; ++i) one.finished(home, {});
  for (int i = 0; i < 10; ++i) (void)two.pick({.key = key_of(2)});
  CHECK(two.pick({.key = key_of(1)}).value() == home);
}
