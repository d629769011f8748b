// What explain() gathers about pools: shares, keys, where they lead, and who gets nothing.
#include <catch2/catch.hpp>
#include <set>

#include "balancing/sticky_sessions.h"
#include "balancing/strategies.h"
#include "tests/explain/explain_stage.h"

using namespace poise;
using namespace poise::explain;
using namespace poise::test;

namespace {

std::string with_pool(const std::string& pool, const std::string& top = "") {
  return top + "listeners:\n  - { bind: \":80\", pool: app }\npools:\n  app:\n" + pool;
}

std::string by_key(const std::string& key) {
  return with_pool("    balance: { strategy: maglev, key: \"" + key +
                   "\" }\n    backends: [127.0.0.1:1, 127.0.0.1:2, 127.0.0.1:3]\n");
}

PoolChoice pool_for(const std::string& yaml, const Words& words = {.request = "http://a.test/"}) {
  const auto answer = answer_to(yaml, words);
  REQUIRE(answer.pools.size() == 1);
  return answer.pools.front();
}

}  // namespace

TEST_CASE("a split is shown with each pool's share") {
  const auto answer = answer_to(
      "listeners:\n  - bind: :80\n    routes:\n      - split: { a: 95, b: 5, c: 0 }\n"
      "pools:\n  a: { backends: [127.0.0.1:1] }\n  b: { backends: [127.0.0.1:2] }\n"
      "  c: { backends: [127.0.0.1:3] }\n",
      {.request = "http://a.test/"});
  REQUIRE(answer.pools.size() == 2);
  CHECK(answer.pools[0].name == "a");
  CHECK(answer.pools[0].share == Approx(0.95));
  CHECK(answer.pools[1].share == Approx(0.05));
}

TEST_CASE("a key is shown with its source and its text, and leads to one backend") {
  const Words words{.request = "http://a.test/p?u=ann&v=1",
                    .headers = {"X-User: bob", "Cookie: a=1; id=7f"},
                    .from = "192.0.2.9"};
  const std::vector<std::array<std::string, 2>> keys{
      {"client_ip", "192.0.2.9"}, {"header:X-User", "bob"}, {"header:Host", "a.test"},
      {"cookie:id", "7f"},        {"query:u", "ann"},       {"path", "/p"}};
  for (const auto& [source, text] : keys) {
    INFO(source);
    const auto pool = pool_for(by_key(source), words);
    REQUIRE(pool.key);
    CHECK(pool.key->source == source);
    CHECK(pool.key->text == text);
    REQUIRE(pool.lands_on);
    CHECK(pool_for(by_key(source), words).lands_on == pool.lands_on);
  }
}

TEST_CASE("different keys are explained to lead to different backends") {
  std::set<std::string> homes;
  for (int i = 0; i < 40; ++i) {
    const auto pool =
        pool_for(by_key("header:X-User"),
                 {.request = "http://a.test/", .headers = {"X-User: u" + std::to_string(i)}});
    homes.insert(*pool.lands_on);
  }
  CHECK(homes.size() == 3);
}

TEST_CASE("a request without the key leads nowhere in particular") {
  const auto pool = pool_for(by_key("cookie:id"));
  REQUIRE(pool.key);
  CHECK(pool.key->text.empty());
  CHECK_FALSE(pool.lands_on);
}

TEST_CASE("a key is that of the request as it came, before any rewriting") {
  const auto answer = answer_to(
      "listeners:\n  - bind: :80\n    routes:\n      - { pool: app, rewrite: { path: /other } }\n"
      "pools:\n  app:\n    balance: { strategy: ring-hash, key: path }\n"
      "    backends: [127.0.0.1:1, 127.0.0.1:2]\n",
      {.request = "http://a.test/mine"});
  CHECK(answer.pools.at(0).key->text == "/mine");
  CHECK(answer.to_backend->target == "/other");
}

TEST_CASE("backends get shares by weight, tier and zone, and who gets none is told why") {
  const auto pool =
      pool_for(with_pool("    backends:\n"
                         "      - { address: 127.0.0.1:1, zone: eu, weight: 3 }\n"
                         "      - { address: 127.0.0.1:2, zone: eu }\n"
                         "      - { address: 127.0.0.1:3, zone: us }\n"
                         "      - { address: 127.0.0.1:4, zone: eu, weight: 0 }\n"
                         "      - { address: 127.0.0.1:5, zone: eu, tier: 1 }\n",
                         "zone: eu\n"));
  REQUIRE(pool.candidates.size() == 5);
  CHECK(pool.candidates[0].share.value() == Approx(0.75));
  CHECK(pool.candidates[1].share.value() == Approx(0.25));
  CHECK(pool.candidates[2].why_not == "the own zone takes everything");
  CHECK(pool.candidates[3].why_not == "weight 0");
  CHECK(pool.candidates[4].why_not == "other tiers take everything");
  CHECK(pool.candidates[4].share == 0);
}

TEST_CASE("what health says of a backend counts, and is named") {
  const std::string yaml = by_key("header:X-User");
  const auto scene = offline_scene(config_of(yaml));
  const auto question = question_of({.request = "http://a.test/", .headers = {"X-User: ann"}});
  const auto ask = [&] { return explain::explain(scene, question)->listeners[0].pools[0]; };
  const std::string home = *ask().lands_on;
  const auto& plan = *scene.snapshot->pools[0];
  const auto index = *plan.backends.find(home);
  plan.backend_records[index]->status = balancing::kDraining | balancing::kEjected;
  const auto pool = ask();
  CHECK(pool.candidates[index].why_not == "ejected, drains");
  CHECK(pool.candidates[index].share == 0);
  CHECK(*pool.lands_on != home);
}

TEST_CASE("a session's cookie is shown to lead home, and is kept from the backend") {
  const std::string yaml = with_pool(
      "    balance: { strategy: sticky-cookie, secret: 0123456789abcdef }\n"
      "    backends: [127.0.0.1:1, 127.0.0.1:2, 127.0.0.1:3]\n");
  const auto scene = offline_scene(config_of(yaml));
  const auto& plan = *scene.snapshot->pools[0];
  const std::string value = plan.strategy->sessions()->value_for(2, {});
  const auto ask = [&](const std::string& cookie) {
    const auto question =
        question_of({.request = "http://a.test/", .headers = {"Cookie: a=1; poise=" + cookie}});
    return explain::explain(scene, question)->listeners[0];
  };
  const auto kept = ask(value);
  CHECK(kept.pools[0].session->cookie == "poise");
  CHECK(kept.pools[0].session->home == "127.0.0.1:3");
  CHECK(kept.pools[0].lands_on == "127.0.0.1:3");
  CHECK(kept.to_backend->fields.at(0).second == "a=1");
  const auto forged = ask(value.substr(1) + "A");
  CHECK(forged.pools[0].session->home.empty());
  CHECK_FALSE(forged.pools[0].lands_on);
  plan.backend_records[2]->status = balancing::kDown;
  CHECK(ask(value).pools[0].session->home == "127.0.0.1:3");
  CHECK_FALSE(ask(value).pools[0].lands_on);
}

TEST_CASE("names are shown as not resolved, and neither shares nor a key's home are guessed") {
  const std::string backends = "    backends: [127.0.0.1:1, app.internal:80]\n";
  const auto pool = pool_for(with_pool(backends + "    balance: ip-hash\n"));
  REQUIRE(pool.candidates.size() == 1);
  CHECK_FALSE(pool.candidates[0].share);
  CHECK(pool.unresolved == std::vector<std::string>{"app.internal:80"});
  CHECK(pool.key->text == "127.0.0.1");
  CHECK_FALSE(pool.lands_on);
}

TEST_CASE("a pool of names only can be explained, whatever its strategy") {
  for (const auto& strategy : balancing::all_strategies()) {
    INFO(strategy.name);
    const auto pool = pool_for(with_pool(
        "    backends: [app.internal:80]\n    balance: " + std::string(strategy.name) + "\n"));
    CHECK(pool.candidates.empty());
    CHECK(pool.unresolved.size() == 1);
  }
}

TEST_CASE("what a strategy holds against its backends is shown where it keeps such a number") {
  const auto scored = pool_for(with_pool(
      "    balance: least-connections\n    backends:\n      - { address: 127.0.0.1:1, weight: 4 }\n"
      "      - 127.0.0.1:2\n"));
  CHECK(scored.candidates[0].score.value() == Approx(0.25));
  CHECK(scored.candidates[1].score.value() == Approx(1));
  CHECK_FALSE(pool_for(with_pool("    backends: [127.0.0.1:1]\n")).candidates[0].score);
}

TEST_CASE("connection limits are the backend's own, else the pool's") {
  const auto pool = pool_for(
      with_pool("    connections: { max: 50 }\n    backends:\n"
                "      - { address: 127.0.0.1:1, max_connections: 7 }\n      - 127.0.0.1:2\n"));
  CHECK(pool.candidates[0].max_connections == 7);
  CHECK(pool.candidates[1].max_connections == 50);
}
