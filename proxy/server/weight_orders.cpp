#include "proxy/server/weight_orders.h"

namespace poise::server {

void WeightOrders::set(const std::string& pool, const std::string& backend,
                       std::optional<std::uint32_t> weight) {
  if (weight) {
    weights_[{pool, backend}] = *weight;
  } else {
    weights_.erase({pool, backend});
  }
}

std::optional<std::uint32_t> WeightOrders::find(const std::string& pool,
                                                const std::string& backend) const {
  const auto found = weights_.find({pool, backend});
  if (found == weights_.end()) return std::nullopt;
  return found->second;
}

void WeightOrders::apply_to(pool::PoolConfig& pool) const {
  auto order = weights_.lower_bound({pool.name, std::string()});
  if (order == weights_.end() || order->first.first != pool.name) return;
  for (pool::BackendConfig& backend : pool.backends) {
    backend.weight = find(pool.name, backend.name).value_or(backend.weight);
  }
}

}  // namespace poise::server
