// The options all hashing strategies have in common.
#pragma once

#include "balancing/balance_config.h"
#include "balancing/hash_key.h"

namespace poise::balancing {

struct KeyedOptions : StrategyOptions {
  KeySource key;
};

}  // namespace poise::balancing
