#include <catch2/catch.hpp>

#include "balancing/strategies.h"
#include "proxy/net/loop.h"
#include "proxy/pool/backend_group.h"

using namespace poise;
using namespace poise::pool;

namespace {

// A pool of four backends that nobody connects to.
PoolPlan plan_of(balancing::SelectorConfig selection, const std::string& strategy) {
  PoolPlan plan;
  plan.config.name = "app";
  plan.config.balance.strategy = strategy;
  std::vector<balancing::BackendInfo> infos;
  for (int i = 1; i <= 4; ++i) {
    const std::string name = "127.0.0." + std::to_string(i) + ":9";
    plan.config.backends.push_back({.name = name, .address = *net::Address::parse(name)});
    infos.push_back({name, 1});
    plan.backend_records.push_back(
        std::make_shared<BackendRecord>(name, plan.config.backends.back().address));
  }
  plan.backends = balancing::BackendSet(std::move(infos));
  plan.strategy = balancing::make_plan(plan.backends, plan.config.balance);
  plan.selection = std::move(selection);
  plan.record = std::make_shared<PoolRecord>();
  return plan;
}

void judge(const PoolPlan& plan, std::size_t backend, balancing::BackendStatus status) {
  plan.backend_records[backend]->status = status;
  ++plan.record->status_version;
}

}  // namespace

TEST_CASE("a pool that panics says so in its record until it does no more") {
  net::Loop loop;
  const PoolPlan plan = plan_of({.panic = 0.5}, "round-robin");
  BackendGroup one(loop, plan, 0, 1);
  BackendGroup two(loop, plan, 1, 2);
  for (std::size_t i = 0; i < 3; ++i) judge(plan, i, balancing::kDown);
  CHECK_FALSE(plan.record->panics);
  CHECK(one.pick({}));
  CHECK(plan.record->panics);
  CHECK(two.pick({}));
  CHECK(plan.record->panics);
  judge(plan, 0, 0);
  CHECK(one.pick({}));
  CHECK_FALSE(plan.record->panics);
}

TEST_CASE("groups of one pool count together what is under way, where the strategy asks") {
  net::Loop loop;
  const PoolPlan plan = plan_of({}, "least-connections");
  BackendGroup one(loop, plan, 0, 1);
  BackendGroup two(loop, plan, 1, 2);
  for (const balancing::BackendIndex i : {0U, 1U, 3U}) one.selector().started(i);
  for (int i = 0; i < 5; ++i) CHECK(two.pick({}) == 2U);
  for (const balancing::BackendIndex i : {0U, 1U, 3U}) one.selector().finished(i, {});
  for (const auto& record : plan.backend_records) CHECK(record->load.in_flight == 0);
}
