#include <catch2/catch.hpp>

#include "balancing/strategies.h"
#include "proxy/net/loop.h"
#include "proxy/pool/group_set.h"

using namespace poise;
using namespace poise::pool;

namespace {

// A pool of four backends that nobody connects to.
std::shared_ptr<const PoolPlan> plan_of(balancing::SelectorConfig selection,
                                        const std::string& strategy) {
  auto made = std::make_shared<PoolPlan>();
  PoolPlan& plan = *made;
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
  return made;
}

void judge(const PoolPlan& plan, std::size_t backend, balancing::BackendStatus status) {
  plan.backend_records[backend]->status = status;
  ++plan.record->status_version;
}

// One worker's group of the pool.
class Worker {
 public:
  Worker(const std::shared_ptr<const PoolPlan>& plan, std::size_t index)
      : random_(index), groups_(loop_, random_, index) {
    groups_.follow({plan});
  }
  BackendGroup* operator->() const { return groups_.groups().front().get(); }

 private:
  net::Loop loop_;
  base::Random random_;
  GroupSet groups_;
};

}  // namespace

TEST_CASE("a pool that panics says so in its record until it does no more") {
  const auto plan = plan_of({.panic = 0.5}, "round-robin");
  const Worker one(plan, 0);
  const Worker two(plan, 1);
  for (std::size_t i = 0; i < 3; ++i) judge(*plan, i, balancing::kDown);
  CHECK_FALSE(plan->record->panics);
  CHECK(one->pick({}));
  CHECK(plan->record->panics);
  CHECK(two->pick({}));
  CHECK(plan->record->panics);
  judge(*plan, 0, 0);
  CHECK(one->pick({}));
  CHECK_FALSE(plan->record->panics);
}

TEST_CASE("groups of one pool count together what is under way, where the strategy asks") {
  const auto plan = plan_of({}, "least-connections");
  const Worker one(plan, 0);
  const Worker two(plan, 1);
  for (const balancing::BackendIndex i : {0U, 1U, 3U}) one->selector().started(i);
  for (int i = 0; i < 5; ++i) CHECK(two->pick({}) == 2U);
  for (const balancing::BackendIndex i : {0U, 1U, 3U}) one->selector().finished(i, {});
  for (const auto& record : plan->backend_records) CHECK(record->load.in_flight == 0);
}
