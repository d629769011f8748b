// What of a request or session decides where it goes within a pool: the key a hashing strategy
// balances by, and the home its cookie names. The calls are those of Exchange and TcpSession.
#pragma once

#include <cstdint>
#include <optional>

#include "proxy/explain/explain_parts.h"
#include "proxy/pool/pool_plan.h"

namespace poise::explain {

struct Key {
  std::uint64_t hash = 0;
  std::optional<HashKey> said{};

  bool decides() const { return said && !said->text.empty(); }
};
Key key_of(const pool::PoolPlan& plan, const Asker& asker);

struct Home {
  std::optional<Session> said{};
  std::optional<balancing::BackendIndex> backend{};
};
Home home_of(const pool::PoolPlan& plan, const Asker& asker);

}  // namespace poise::explain
