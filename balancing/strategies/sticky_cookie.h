// sticky-cookie: a client stays with the backend its cookie names (sticky_sessions.h); one without
// a home is placed by the fallback strategy. The Selector honours the home, whoever holds the
// request reads and sets the cookie: here is only what the two need. HTTP only.
#pragma once

#include <memory>

#include "balancing/balance_config.h"
#include "balancing/strategy.h"

namespace poise::conf {
class YamlMap;
}

namespace poise::balancing {

std::shared_ptr<const Plan> plan_sticky_cookie(const BackendSet& backends,
                                               const BalanceConfig& config);
std::shared_ptr<const StrategyOptions> read_sticky_cookie(conf::YamlMap& map);

}  // namespace poise::balancing
