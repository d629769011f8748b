// Which strategy a pool balances by, with that strategy's own options. A name may come with
// options, which the strategy's own file reads.
#pragma once

#include <memory>
#include <string>

namespace poise::conf {
class YamlValue;
}

namespace poise::balancing {

struct BalanceConfig {
  std::string strategy = "round-robin";
};

// Reads a name or { strategy: NAME, … }. An unknown name is an error with a suggestion; a name
// whose strategy is not built yet is an error that says so.
BalanceConfig parse_balance(conf::YamlValue& node);

}  // namespace poise::balancing
