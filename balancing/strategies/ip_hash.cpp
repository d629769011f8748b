#include "balancing/strategies/ip_hash.h"

#include <array>

#include "balancing/keyed_options.h"
#include "balancing/maglev_table.h"

namespace poise::balancing {
namespace {

// Primes; the first with a hundred entries for each backend, as the paper advises.
constexpr std::array<std::uint32_t, 4> kSizes{1021, 4093, 16381, 65537};

std::uint32_t table_size(std::size_t backends) {
  for (const auto size : kSizes) {
    if (size >= 100 * backends) return size;
  }
  return 655373;
}

class IpHash : public Strategy {
 public:
  explicit IpHash(const MaglevTable& table) : table_(table) {}

  std::optional<BackendIndex> pick(const PickInput& input) override { return table_.find(input); }

 private:
  const MaglevTable& table_;
};

class IpHashPlan : public Plan {
 public:
  IpHashPlan(const BackendSet& backends, KeySource key)
      : key_(std::move(key)), table_(backends, table_size(backends.size())) {}

  std::unique_ptr<Strategy> picker(std::uint64_t) const override {
    return std::make_unique<IpHash>(table_);
  }
  const KeySource* key_source() const override { return &key_; }

 private:
  KeySource key_;
  MaglevTable table_;
};

}  // namespace

std::shared_ptr<const StrategyOptions> read_ip_hash(conf::YamlMap& map) {
  auto options = std::make_shared<KeyedOptions>();
  read_key(map, options->key);
  return options;
}

std::shared_ptr<const Plan> plan_ip_hash(const BackendSet& backends, const BalanceConfig& config) {
  return std::make_shared<IpHashPlan>(backends, options_of<KeyedOptions>(config).key);
}

}  // namespace poise::balancing
