// A pool compiled for running: the part of it that all workers share, made with the snapshot and
// constant but for the records it leads to. A reload that changes nothing of a pool keeps its plan.
#pragma once

#include <memory>
#include <vector>

#include "balancing/backend_set.h"
#include "balancing/selector.h"
#include "balancing/strategy.h"
#include "proxy/pool/backend_record.h"
#include "proxy/pool/pool_config.h"

namespace poise::pool {

struct PoolPlan {
  PoolConfig config;
  balancing::BackendSet backends;
  std::shared_ptr<const balancing::Plan> strategy;
  balancing::SelectorConfig selection;
  std::shared_ptr<PoolRecord> record;
  std::vector<std::shared_ptr<BackendRecord>> backend_records;  // by index, none null
};

}  // namespace poise::pool
