// Which strategy a pool balances by, with that strategy's own options, which its own file reads.
#pragma once

#include <memory>
#include <string>

#include "conf/reader/setting.h"
#include "proxy/base/shared_const.h"

namespace poise::conf {
class YamlValue;
}

namespace poise::balancing {

// Options of some strategy.
struct StrategyOptions {
  StrategyOptions() = default;
  StrategyOptions(const StrategyOptions&) = default;
  StrategyOptions& operator=(const StrategyOptions&) = default;
  virtual ~StrategyOptions() = default;

  // Whether the other's, which are of the same strategy, say the same: then a reload keeps the pool
  // as it is.
  virtual bool equals(const StrategyOptions& other) const = 0;
  // All of them as read, secrets hidden.
  virtual conf::Settings shown() const { return {}; }
  bool operator==(const StrategyOptions&) const = default;
};

// What a strategy's own options derive from, directly or on top of others'; they are compared
// member by member.
template <class Own, class Base = StrategyOptions>
struct OptionsOf : Base {
  bool equals(const StrategyOptions& other) const override {
    return static_cast<const Own&>(*this) == static_cast<const Own&>(other);
  }
  bool operator==(const OptionsOf&) const = default;
};

struct BalanceConfig {
  std::string strategy = "round-robin";
  base::SharedConst<StrategyOptions> options{};  // of that strategy; nullptr: its defaults

  bool operator==(const BalanceConfig&) const = default;
};

// Requires: the options, if any, are Options.
template <class Options>
Options options_of(const BalanceConfig& config) {
  return config.options == nullptr ? Options{} : static_cast<const Options&>(*config.options);
}

// The options with their strategy: what parse_balance() reads.
conf::Settings shown(const BalanceConfig& config);

// Reads a name or { strategy: NAME, … }. An unknown name is an error with a suggestion.
BalanceConfig parse_balance(conf::YamlValue& node);

}  // namespace poise::balancing
