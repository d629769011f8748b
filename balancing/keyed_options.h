// The options all hashing strategies have in common.
#pragma once

#include "balancing/balance_config.h"
#include "balancing/hash_key.h"

namespace poise::balancing {

struct KeyedOptions : OptionsOf<KeyedOptions> {
  KeySource key;

  conf::Settings shown() const override { return {{"key", to_text(key)}}; }
  bool operator==(const KeyedOptions&) const = default;
};

}  // namespace poise::balancing
