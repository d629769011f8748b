// Which strategy a pool balances by, with that strategy's own options, which its own file reads.
#pragma once

#include <memory>
#include <string>

namespace poise::conf {
class YamlValue;
}

namespace poise::balancing {

// A strategy that takes options derives its own.
struct StrategyOptions {
  StrategyOptions() = default;
  StrategyOptions(const StrategyOptions&) = default;
  StrategyOptions& operator=(const StrategyOptions&) = default;
  virtual ~StrategyOptions() = default;
};

struct BalanceConfig {
  std::string strategy = "round-robin";
  std::shared_ptr<const StrategyOptions> options{};  // of that strategy; nullptr: its defaults
};

// Requires: the options, if any, are Options.
template <class Options>
Options options_of(const BalanceConfig& config) {
  return config.options == nullptr ? Options{} : static_cast<const Options&>(*config.options);
}

// Reads a name or { strategy: NAME, … }. An unknown name is an error with a suggestion; a name
// whose strategy is not built yet is an error that says so.
BalanceConfig parse_balance(conf::YamlValue& node);

}  // namespace poise::balancing
