#include "balancing/strategies/ring_hash.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "balancing/hash.h"
#include "balancing/hash_ring.h"
#include "balancing/keyed_options.h"
#include "balancing/rendezvous.h"
#include "conf/reader/yaml_reader.h"

namespace poise::balancing {
namespace {

constexpr std::uint32_t kLeastFactor = 101;
constexpr std::uint32_t kMostFactor = 10'000;
constexpr double kNoBound = 0;
// Room that everybody has: where few requests are under way, a share of them is less than one, and
// keys would leave their backends for nothing.
constexpr std::uint32_t kLeastRoom = 4;

struct RingOptions : OptionsOf<RingOptions, KeyedOptions> {
  double load_factor = 1.5;  // kNoBound: none

  conf::Settings shown() const override {
    conf::Settings settings = KeyedOptions::shown();
    const auto percent = std::to_string(std::lround(load_factor * 100)) + '%';
    settings.push_back({"load_factor", load_factor == kNoBound ? "off" : percent});
    return settings;
  }
  bool operator==(const RingOptions&) const = default;
};

// What all usable backends together have in flight and weigh, kept up to date by looking at a few
// of them a pick.
class RollingTotal {
 public:
  explicit RollingTotal(std::size_t size) : seen_(size) {}

  void look(const PickInput& input) {
    const std::size_t few = is_new_ ? seen_.size() : std::min(kEachTime, seen_.size());
    for (std::size_t i = 0; i < few; ++i) look_at_next(input);
    for (std::size_t i = 0; i < few; ++i) input.loads.prefetch(ahead(i));
    is_new_ = false;
  }

  double in_flight() const { return static_cast<double>(in_flight_); }
  double weight() const { return static_cast<double>(weight_); }

 private:
  struct Seen {
    std::uint32_t in_flight = 0;
    std::uint32_t weight = 0;
  };
  static constexpr std::size_t kEachTime = 4;

  // Whom the next pick looks at, some `steps` on.
  BackendIndex ahead(std::size_t steps) const {
    const std::size_t index = next_ + steps;
    return static_cast<BackendIndex>(index < seen_.size() ? index : index - seen_.size());
  }

  void look_at_next(const PickInput& input) {
    Seen& seen = seen_[next_];
    const bool counts = input.usable.test(next_);
    const Seen now{counts ? input.loads.in_flight(next_) : 0, counts ? input.weights[next_] : 0};
    in_flight_ += std::int64_t{now.in_flight} - seen.in_flight;
    weight_ += std::int64_t{now.weight} - seen.weight;
    seen = now;
    next_ = next_ + 1 == seen_.size() ? 0 : next_ + 1;
  }

  std::vector<Seen> seen_;
  std::int64_t in_flight_ = 0;
  std::int64_t weight_ = 0;
  BackendIndex next_ = 0;
  bool is_new_ = true;
};

// What all workers' strategies have in common.
struct Ring {
  RingOptions options;
  HashRing points;
  std::vector<std::uint64_t> identities;
};

class RingHash : public Strategy {
 public:
  explicit RingHash(const Ring& ring) : ring_(ring), total_(ring.identities.size()) {}

  std::optional<BackendIndex> pick(const PickInput& input) override {
    if (ring_.points.size() == 0) return std::nullopt;
    if (is_bounded()) total_.look(input);
    const Found found = walk(input);
    if (found.with_room) return found.with_room;
    return found.usable ? found.usable : rendezvous(input, ring_.identities);
  }

 private:
  struct Found {
    std::optional<BackendIndex> with_room;
    std::optional<BackendIndex> usable;  // the key's own, if nobody near has room
  };
  // Further on, the key's neighbours have nothing in common with it.
  static constexpr int kMostPlaces = 256;

  bool is_bounded() const { return ring_.options.load_factor != kNoBound; }

  Found walk(const PickInput& input) const {
    Found found;
    std::uint32_t place = ring_.points.find(input.key);
    for (int i = 0; i < kMostPlaces; ++i, place = ring_.points.after(place)) {
      const BackendIndex backend = ring_.points.at(place);
      if (!input.usable.test(backend)) continue;
      if (!admits(backend, input)) continue;
      if (!found.usable) found.usable = backend;
      if (!has_room(backend, input)) continue;
      found.with_room = backend;
      return found;
    }
    return found;
  }

  // Usually all do, and nothing is hashed for it.
  bool admits(BackendIndex backend, const PickInput& input) const {
    return !input.weights.is_lowered() ||
           input.weights.admits(backend, mix(input.key, ring_.identities[backend]));
  }

  // ceil(factor * (all in flight + 1) * share), the paper's capacity, but not below kLeastRoom.
  bool has_room(BackendIndex backend, const PickInput& input) const {
    if (!is_bounded() || total_.weight() <= 0) return true;
    const std::uint32_t in_flight = input.loads.in_flight(backend);
    if (in_flight < kLeastRoom) return true;
    const double share = input.weights[backend] / total_.weight();
    const double room = std::ceil(ring_.options.load_factor * (total_.in_flight() + 1) * share);
    return in_flight < room;
  }

  const Ring& ring_;
  RollingTotal total_;
};

class RingHashPlan : public Plan {
 public:
  RingHashPlan(const BackendSet& backends, RingOptions options)
      : ring_{std::move(options), HashRing(backends), identities_of(backends)} {}

  std::unique_ptr<Strategy> picker(std::uint64_t) const override {
    return std::make_unique<RingHash>(ring_);
  }
  const KeySource* key_source() const override { return &ring_.options.key; }
  bool wants_shared_load() const override { return ring_.options.load_factor != kNoBound; }

 private:
  Ring ring_;
};

// "150%", or "off".
void read_load_factor(conf::YamlValue& value, double& factor) {
  const auto text = value.text();
  if (!text) return;
  if (*text == "off") {
    factor = kNoBound;
    return;
  }
  const bool has_sign = text->ends_with('%');
  const auto percent = conf::parse_whole(text->substr(0, text->size() - (has_sign ? 1 : 0)));
  if (!has_sign || !percent || *percent < kLeastFactor || *percent > kMostFactor) {
    return value.mismatch("a whole share from 101% to 10000%, or off");
  }
  factor = static_cast<double>(*percent) / 100;
}

}  // namespace

std::shared_ptr<const StrategyOptions> read_ring_hash(conf::YamlMap& map) {
  auto options = std::make_shared<RingOptions>();
  read_key(map, options->key);
  map.with("load_factor",
           [&](conf::YamlValue& value) { read_load_factor(value, options->load_factor); });
  return options;
}

std::shared_ptr<const Plan> plan_ring_hash(const BackendSet& backends,
                                           const BalanceConfig& config) {
  return std::make_shared<RingHashPlan>(backends, options_of<RingOptions>(config));
}

}  // namespace poise::balancing
