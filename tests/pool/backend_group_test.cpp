#include "proxy/pool/backend_group.h"

#include <catch2/catch.hpp>
#include <set>

#include "balancing/strategies.h"
#include "proxy/pool/group_set.h"

using namespace poise;
using balancing::BackendIndex;
using pool::BackendGroup;

namespace {

std::shared_ptr<const pool::PoolPlan> plan_of(std::size_t backends) {
  auto made = std::make_shared<pool::PoolPlan>();
  pool::PoolPlan& plan = *made;
  plan.config.name = "app";
  std::vector<balancing::BackendInfo> infos;
  for (std::size_t i = 0; i < backends; ++i) {
    const std::string text = "127.0.0.1:" + std::to_string(i + 1);
    const net::Address address = *net::Address::parse(text);
    plan.config.backends.push_back({.name = text, .address = address});
    infos.push_back({text, 1});
    plan.backend_records.push_back(std::make_shared<pool::BackendRecord>(text, address));
  }
  plan.backends = balancing::BackendSet(std::move(infos));
  plan.strategy = balancing::make_plan(plan.backends, plan.config.balance);
  plan.record = std::make_shared<pool::PoolRecord>();
  return made;
}

std::set<BackendIndex> picked(BackendGroup& group) {
  std::set<BackendIndex> all;
  for (int i = 0; i < 12; ++i) {
    if (const auto index = group.pick({})) all.insert(*index);
  }
  return all;
}

void set_status(const pool::PoolPlan& plan, BackendIndex index, balancing::BackendStatus status) {
  plan.backend_records[index]->status.store(status, std::memory_order_relaxed);
  plan.record->status_version.fetch_add(1, std::memory_order_release);
}

}  // namespace

TEST_CASE("a group hears of a backend's health before its next pick") {
  const auto plan = plan_of(3);
  net::Loop loop;
  base::Random random{1};
  pool::GroupSet set(loop, random, 0);
  set.follow({plan});
  BackendGroup& group = *set.groups().front();
  CHECK(picked(group) == std::set<BackendIndex>{0, 1, 2});

  set_status(*plan, 1, balancing::kDown);
  CHECK(picked(group) == std::set<BackendIndex>{0, 2});
  set_status(*plan, 0, balancing::kEjected);
  CHECK(picked(group) == std::set<BackendIndex>{2});
  set_status(*plan, 1, 0);
  CHECK(picked(group) == std::set<BackendIndex>{1, 2});
}

TEST_CASE("a new group knows the health it begins with") {
  const auto plan = plan_of(2);
  set_status(*plan, 0, balancing::kDraining);
  net::Loop loop;
  base::Random random{1};
  pool::GroupSet set(loop, random, 0);
  set.follow({plan});
  BackendGroup& group = *set.groups().front();
  CHECK(picked(group) == std::set<BackendIndex>{1});
}

TEST_CASE("what a group counts stays in the records after it") {
  const auto plan = plan_of(1);
  net::Loop loop;
  for (int round = 0; round < 2; ++round) {
    base::Random random{1};
    pool::GroupSet set(loop, random, 0);
    set.follow({plan});
    BackendGroup& group = *set.groups().front();
    group.cells(0).wait.observe(base::Duration(1));
    group.pool_cells().retries.add();
  }
  CHECK(plan->backend_records[0]->cells.of(0).wait.count_in(0) == 2);
  CHECK(plan->record->cells.of(0).retries.read() == 2);
}
