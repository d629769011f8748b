// Sets of backends as tests need them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "balancing/backend_set.h"
#include "balancing/strategies.h"

namespace poise::balancing {

inline std::string address_of(std::size_t number) {
  return "10.0." + std::to_string(number / 250) + "." + std::to_string(number % 250 + 1) + ":80";
}

inline BackendSet set_of(const std::vector<std::uint32_t>& weights) {
  std::vector<BackendInfo> backends;
  for (const auto weight : weights) backends.push_back({address_of(backends.size()), weight});
  return BackendSet(std::move(backends));
}

inline BackendSet equal_set(std::size_t size) {
  return set_of(std::vector<std::uint32_t>(size, 1));
}

inline std::shared_ptr<const Plan> plan_of(std::string_view strategy, const BackendSet& backends) {
  BalanceConfig config;
  config.strategy = strategy;
  return make_plan(backends, config);
}

}  // namespace poise::balancing
