#include "balancing/backend_status.h"
#include "proxy/explain/render.h"
#include "tests/explain/explain_stage.h"

using namespace poise;
using namespace poise::test;

namespace {

const std::string kYaml = R"(
listeners: [{ bind: ":80", pool: app }]
pools:
  app:
    balance: least-connections
    backends: [127.0.0.1:1, 127.0.0.1:2, app.internal:80]
)";

std::vector<net::Endpoint> answers(const net::Question& question) {
  if (question.name != "app.internal") return {};
  return {{.address = *net::Address::parse("10.0.0.1:80"), .target = "app.internal"}};
}

explain::PoolChoice pool_in(const explain::Scene& scene) {
  const auto explanation = explain::explain(scene, question_of({.request = "http://a.test/"}));
  return explanation->listeners.at(0).pools.at(0);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("of a running poise, health, load and addresses are those of the moment") {
  server::RecordRegistry records;
  const auto snapshot = server::compile(config_of(kYaml), records, answers);
  const auto scene = explain::live_scene(snapshot, answers);
  auto& one = *snapshot->pools[0]->backend_records[0];
  one.status = balancing::kDown;
  auto& two = *snapshot->pools[0]->backend_records[1];
  two.cells.of(0).in_flight.add(3);
  two.cells.of(1).in_flight.add(4);
  two.shared.connections = 9;

  const explain::PoolChoice pool = pool_in(scene);
  CHECK(pool.unresolved.empty());
  REQUIRE(pool.candidates.size() == 3);
  CHECK(pool.candidates[0].live->state == "down");
  CHECK(pool.candidates[0].why_not == "down");
  CHECK(pool.candidates[1].live->state == "up");
  CHECK(pool.candidates[1].live->in_flight == 7);
  CHECK(pool.candidates[1].live->connections == 9);
  CHECK(*pool.candidates[1].score == 8 * *pool.candidates[2].score);
  CHECK(pool.candidates[2].address == "10.0.0.1:80");
  CHECK(two.load.in_flight == 0);
}

TEST_CASE("of a running poise, names that DNS did not answer for are not resolved") {
  server::RecordRegistry records;
  const auto nothing = pool::no_answers;
  const auto scene =
      explain::live_scene(server::compile(config_of(kYaml), records, nothing), nothing);
  CHECK(pool_in(scene).unresolved == std::vector<std::string>{"app.internal:80"});
}

TEST_CASE("the state and load of backends are shown of a running poise only") {
  const auto question = question_of({.request = "http://a.test/"});
  server::RecordRegistry records;
  const auto live = *explain::explain(
      explain::live_scene(server::compile(config_of(kYaml), records, answers), answers), question);
  CHECK(has(explain::render_text(live), "in flight"));
  CHECK(has(explain::render_json(live), "\"in_flight\": 0"));
  const auto offline = *explain::explain(explain::offline_scene(config_of(kYaml)), question);
  CHECK_FALSE(has(explain::render_text(offline), "in flight"));
  CHECK_FALSE(has(explain::render_json(offline), "in_flight"));
}
