#include "balancing/balance_config.h"

#include <catch2/catch.hpp>

#include "balancing/hash_key.h"
#include "balancing/selector.h"
#include "balancing/strategies.h"
#include "conf/load.h"
#include "conf/print.h"
#include "tests/balancing/backends.h"

using namespace poise;
using namespace poise::balancing;

namespace {

BalanceConfig balance_of(const std::string& text) {
  const auto loaded = conf::load_text(
      "listeners: [{ bind: ':1', pool: app }]\n"
      "pools: { app: { backends: [127.0.0.1:1], balance: " +
          text + " } }\n",
      "test.yaml");
  INFO(text << "\n" << (loaded.ok() ? "" : conf::render(loaded.error(), false)));
  REQUIRE(loaded.ok());
  return loaded->pools.at(0).balance;
}

KeySource key_of(const std::string& text) {
  const auto plan = make_plan(equal_set(2), balance_of(text));
  REQUIRE(plan->key_source() != nullptr);
  return *plan->key_source();
}

}  // namespace

TEST_CASE("hashing strategies balance by the client's address unless told otherwise") {
  for (const std::string strategy : {"ip-hash", "maglev", "ring-hash"}) {
    INFO(strategy);
    const std::string with_key = "{ strategy: " + strategy + ", key: ";
    CHECK(key_of(strategy) == KeySource{});
    CHECK(key_of(with_key + "client_ip }") == KeySource{});
    CHECK(key_of(with_key + "path }") == KeySource{KeySource::Kind::path, ""});
    CHECK(key_of(with_key + "'header:X-User' }") == KeySource{KeySource::Kind::header, "X-User"});
    CHECK(key_of(with_key + "'cookie:id' }") == KeySource{KeySource::Kind::cookie, "id"});
    CHECK(key_of(with_key + "'query:a:b' }") == KeySource{KeySource::Kind::query, "a:b"});
  }
}

TEST_CASE("strategies that do not hash ask for no key") {
  for (const auto* name :
       {"round-robin", "random", "least-connections", "power-of-two", "peak-ewma"}) {
    CHECK(make_plan(equal_set(2), balance_of(name))->key_source() == nullptr);
  }
}

TEST_CASE("a key source reads as it was written") {
  for (const std::string text : {"client_ip", "header:X-User", "cookie:id", "query:q", "path"}) {
    CHECK(to_text(key_of("{ strategy: maglev, key: '" + text + "' }")) == text);
  }
}

TEST_CASE("a ring without a load factor does not look at loads") {
  const auto backends = equal_set(4);
  const auto bounded = make_plan(backends, balance_of("ring-hash"));
  const auto unbounded =
      make_plan(backends, balance_of("{ strategy: ring-hash, load_factor: 'off' }"));
  CHECK(bounded->wants_shared_load());
  CHECK_FALSE(unbounded->wants_shared_load());
  Selector selector(unbounded, backends, 1);
  const auto home = selector.pick({.key = 5}).value();
  for (int i = 0; i < 100; ++i) selector.started(home);
  CHECK(selector.pick({.key = 5}) == home);
}
