// What of a worker's pools stays when the configuration changes.
#include "proxy/pool/group_set.h"

#include <catch2/catch.hpp>

#include "balancing/strategies.h"

using namespace poise;
using pool::BackendGroup;
using pool::GroupSet;

namespace {

using Record = std::shared_ptr<pool::BackendRecord>;
using Plan = std::shared_ptr<const pool::PoolPlan>;

Record record(const std::string& address) {
  return std::make_shared<pool::BackendRecord>(address, *net::Address::parse(address));
}

Plan plan_of(const std::vector<Record>& records) {
  auto plan = std::make_shared<pool::PoolPlan>();
  std::vector<balancing::BackendInfo> infos;
  for (const Record& each : records) {
    plan->config.backends.push_back({.name = each->name, .address = each->address});
    infos.push_back({each->name, 1});
  }
  plan->backends = balancing::BackendSet(std::move(infos));
  plan->strategy = balancing::make_plan(plan->backends, plan->config.balance);
  plan->record = std::make_shared<pool::PoolRecord>();
  plan->backend_records = records;
  return plan;
}

struct Stage {
  net::Loop loop;
  base::Random random{1};
  GroupSet set{loop, random, 0};
  Record a = record("127.0.0.1:1");
  Record b = record("127.0.0.1:2");
};

}  // namespace

TEST_CASE("a kept plan keeps its group, another plan has another") {
  Stage stage;
  const Plan kept = plan_of({stage.a});
  stage.set.follow({kept, plan_of({stage.b})});
  const base::Ref<BackendGroup> first = stage.set.groups()[0];
  const base::Ref<BackendGroup> second = stage.set.groups()[1];
  stage.set.follow({plan_of({stage.b}), kept});
  CHECK(stage.set.groups()[1] == first);
  CHECK_FALSE(stage.set.groups()[0] == second);
}

TEST_CASE("a backend whose record stays keeps its pool of connections, whatever its index") {
  Stage stage;
  stage.set.follow({plan_of({stage.a, stage.b})});
  const auto* kept = &stage.set.groups()[0]->pool(1);
  stage.set.follow({plan_of({stage.b})});
  CHECK(&stage.set.groups()[0]->pool(0) == kept);
  CHECK_FALSE(kept->is_retired());
  CHECK(stage.set.backend_pools() == 1);
}

TEST_CASE("the pool of a backend that is gone stays for whoever began before") {
  Stage stage;
  stage.set.follow({plan_of({stage.a})});
  base::Ref<BackendGroup> running = stage.set.groups()[0];
  stage.set.follow({plan_of({stage.b})});
  CHECK(running->pool(0).is_retired());
  CHECK(stage.set.backend_pools() == 2);

  // It comes back while somebody still runs on it.
  stage.set.follow({plan_of({stage.a})});
  CHECK_FALSE(running->pool(0).is_retired());
  CHECK(&stage.set.groups()[0]->pool(0) == &running->pool(0));

  stage.set.follow({plan_of({stage.b})});
  running = {};
  stage.set.follow({plan_of({stage.b})});
  CHECK(stage.set.backend_pools() == 1);
}

TEST_CASE("a plan lives as long as its groups do") {
  Stage stage;
  Plan plan = plan_of({stage.a});
  const std::weak_ptr<const pool::PoolPlan> watch = plan;
  stage.set.follow({std::move(plan)});
  base::Ref<BackendGroup> running = stage.set.groups()[0];
  stage.set.follow({});
  CHECK_FALSE(watch.expired());
  running = {};
  stage.set.follow({});
  CHECK(watch.expired());
}
