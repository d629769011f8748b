#include "proxy/server/weight_orders.h"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "conf/load.h"
#include "conf/print.h"
#include "proxy/server/snapshot.h"

using namespace poise;
using namespace poise::server;

namespace {

conf::Config load(const std::string& more = "") {
  const auto loaded = conf::load_text(
      "listeners: [{ bind: :1, pool: app }]\npools:\n  app:\n    backends:\n"
      "      - { name: a, address: 127.0.0.1:1, weight: 5 }\n"
      "      - { name: b, address: 127.0.0.1:2 }\n" +
          more,
      "test.yaml");
  if (!loaded) throw std::runtime_error(conf::render(loaded.error(), false));
  return *loaded;
}

}  // namespace

TEST_CASE("a weight that is ordered goes before the configured one, until it is given back") {
  RecordRegistry records;
  WeightOrders orders;
  const auto before = compile(load(), records, pool::no_answers, nullptr, &orders);
  orders.set("app", "a", 2);
  orders.set("app", "b", 0);
  const auto ordered = compile(load(), records, pool::no_answers, before.get(), &orders);
  CHECK(ordered->pools[0] != before->pools[0]);
  CHECK(ordered->pools[0]->backends.weight(0) == 2);
  CHECK(ordered->pools[0]->backends.weight(1) == 0);
  CHECK(ordered->config.pools[0].backends[0].weight == 5);
  CHECK(ordered->pools[0]->backend_records == before->pools[0]->backend_records);

  const auto again = compile(load(), records, pool::no_answers, ordered.get(), &orders);
  CHECK(again->pools[0] == ordered->pools[0]);
  orders.set("app", "a", std::nullopt);
  orders.set("app", "b", std::nullopt);
  CHECK(orders.empty());
  const auto after = compile(load(), records, pool::no_answers, again.get(), &orders);
  CHECK(after->pools[0]->backends.weight(0) == 5);
  CHECK(after->pools[0]->backends.weight(1) == 1);
}

TEST_CASE("orders for who is gone are forgotten") {
  WeightOrders orders;
  orders.set("app", "a", 2);
  orders.set("other", "a", 3);
  orders.keep_only([](const std::string& pool, const std::string&) { return pool == "app"; });
  CHECK(orders.find("app", "a") == 2U);
  CHECK_FALSE(orders.find("other", "a").has_value());
}
