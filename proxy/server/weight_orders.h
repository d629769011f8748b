// Weights that an operator has ordered in place of the configured ones, by pool and backend name.
// They stand until they are given back, over reloads, or until the configuration has the backend no
// more. Plain data of the control thread; compile() asks it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "proxy/pool/pool_config.h"

namespace poise::server {

class WeightOrders {
 public:
  // nullopt: as configured.
  void set(const std::string& pool, const std::string& backend,
           std::optional<std::uint32_t> weight);
  std::optional<std::uint32_t> find(const std::string& pool, const std::string& backend) const;

  // `pool` has its names resolved.
  void apply_to(pool::PoolConfig& pool) const;
  // Forgets what is ordered for others; `is_known(pool, backend)`.
  template <class Known>
  void keep_only(Known is_known) {
    std::erase_if(weights_,
                  [&](const auto& each) { return !is_known(each.first.first, each.first.second); });
  }
  bool empty() const { return weights_.empty(); }

 private:
  std::map<std::pair<std::string, std::string>, std::uint32_t> weights_;
};

}  // namespace poise::server
