#include "balancing/strategies/maglev.h"

#include "balancing/keyed_options.h"
#include "balancing/maglev_table.h"

namespace poise::balancing {
namespace {

// With fewer than ten entries each, shares would be uneven.
std::uint32_t table_size(std::size_t backends) { return backends <= 6553 ? 65537 : 655373; }

class Maglev : public Strategy {
 public:
  explicit Maglev(const MaglevTable& table) : table_(table) {}

  std::optional<BackendIndex> pick(const PickInput& input) override { return table_.find(input); }

 private:
  const MaglevTable& table_;
};

class MaglevPlan : public Plan {
 public:
  MaglevPlan(const BackendSet& backends, KeySource key)
      : key_(std::move(key)), table_(backends, table_size(backends.size())) {}

  std::unique_ptr<Strategy> picker(std::uint64_t) const override {
    return std::make_unique<Maglev>(table_);
  }
  const KeySource* key_source() const override { return &key_; }

 private:
  KeySource key_;
  MaglevTable table_;
};

}  // namespace

std::shared_ptr<const StrategyOptions> read_maglev(conf::YamlMap& map) {
  auto options = std::make_shared<KeyedOptions>();
  read_key(map, options->key);
  return options;
}

std::shared_ptr<const Plan> plan_maglev(const BackendSet& backends, const BalanceConfig& config) {
  return std::make_shared<MaglevPlan>(backends, options_of<KeyedOptions>(config).key);
}

}  // namespace poise::balancing
