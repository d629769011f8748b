#include "proxy/server/commit_confirm.h"

#include <catch2/catch.hpp>
#include <set>
#include <stdexcept>

#include "conf/load.h"
#include "conf/print.h"
#include "tests/net/turned_loop.h"

using namespace poise;
using namespace poise::server;
using namespace std::chrono_literals;

namespace {

const std::string kBase = R"(
listeners:
  - name: web
    bind: 127.0.0.1:80
    routes:
      - { name: api, match: { path: /api }, pool: api }
      - { name: rest, split: { app: 1, spare: 1 } }
  - { name: inner, bind: 127.0.0.1:81, pool: api }
pools:
  app: { backends: [127.0.0.1:1] }
  api: { backends: [127.0.0.1:2] }
  spare: { backends: [127.0.0.1:3] }
)";

conf::Config load(const std::string& from, const std::string& to) {
  std::string text = kBase;
  if (!from.empty()) text.replace(text.find(from), from.size(), to);
  const conf::Loaded loaded = conf::load_text(text, "test.yaml");
  if (!loaded) throw std::runtime_error(conf::render(loaded.error(), false));
  return *loaded;
}

class Scene {
 public:
  Scene() : before(compile(load("", ""), records)) {}

  // By listener: whether routes of it are touched by that change of the text.
  std::pair<bool, bool> touched_by(const std::string& from, const std::string& to) {
    const auto after = compile(load(from, to), records, pool::no_answers, before.get());
    const auto changes = conf::changes_between(before->config, after->config);
    const auto touched = touched_routes(changes, *before, *after);
    const std::set<std::shared_ptr<exchange::RouteRecord>> all(touched.begin(), touched.end());
    return {all.count(route(0)) != 0, all.count(route(1)) != 0};
  }
  // The first one's of a listener.
  const std::shared_ptr<exchange::RouteRecord>& route(std::size_t listener) const {
    return before->listeners[listener].http->records.front();
  }
  void begin(base::Duration limit) { trial.begin(before, {route(0), route(1)}, limit); }
  void serve(std::size_t listener, int requests, int failures) const {
    auto& cells = route(listener)->cells.of(0);
    for (int i = 0; i < requests; ++i) cells.duration.observe(5ms);
    cells.requests[base::status_class(500)].add(static_cast<std::uint64_t>(failures));
  }

  test::TurnedLoop turned;
  RecordRegistry records;
  std::shared_ptr<const Snapshot> before;
  std::vector<std::string> whys;
  CommitConfirm trial{turned.loop(), [this](const std::string& why) {
                        whys.push_back(why);
                        (void)trial.confirm();
                      }};
};

}  // namespace

TEST_CASE("a change touches the routes of its listener, or that lead to its pool") {
  Scene scene;
  const std::pair both{true, true};
  const std::pair first{true, false};
  CHECK(scene.touched_by("path: /api", "path: /apis") == first);
  CHECK(scene.touched_by("[127.0.0.1:3]", "[127.0.0.1:4]") == first);
  CHECK(scene.touched_by("[127.0.0.1:2]", "[127.0.0.1:4]") == both);
  CHECK(scene.touched_by("listeners:", "trusted_proxies: [10.0.0.0/8]\nlisteners:") == both);
  CHECK(scene.touched_by("127.0.0.1:81,", "127.0.0.1:82,") == std::pair{false, true});
  CHECK(scene.touched_by("", "") == std::pair{false, false});
}

TEST_CASE("a trial that nobody confirms ends at its deadline, once") {
  Scene scene;
  scene.begin(60s);
  scene.turned.pass_time(59s);
  CHECK(scene.whys.empty());
  scene.turned.pass_time(2s);
  scene.turned.pass_time(1h);
  CHECK(scene.whys == std::vector<std::string>{"it was not confirmed in time"});
  CHECK_FALSE(scene.trial.is_pending());
}

TEST_CASE("a trial that is confirmed is over") {
  Scene scene;
  CHECK_FALSE(scene.trial.confirm());
  scene.begin(60s);
  CHECK(scene.trial.is_pending());
  CHECK(scene.trial.confirm());
  CHECK_FALSE(scene.trial.confirm());
  scene.turned.pass_time(1h);
  CHECK(scene.whys.empty());
}

TEST_CASE("one route that fails ends a trial, however much the others serve well") {
  Scene scene;
  scene.serve(0, 1000, 0);
  scene.serve(1, 1000, 0);
  scene.begin(60s);
  scene.serve(0, 100'000, 0);
  scene.serve(1, 100, 9);
  scene.turned.pass_time(1s);
  CHECK(scene.whys.empty());
  scene.serve(1, 10, 10);
  scene.turned.pass_time(1s);
  CHECK(scene.whys ==
        std::vector<std::string>{
            "route 'route-1' of listener 'inner': 17 % of 110 requests failed, 0 % before"});
}

TEST_CASE("what failed before the trial is not held against it") {
  Scene scene;
  scene.serve(0, 1000, 900);
  scene.begin(60s);
  scene.serve(0, 1000, 900);
  scene.turned.pass_time(30s);
  CHECK(scene.whys.empty());
}

TEST_CASE("a second trial within the first would go back to where the first began") {
  Scene scene;
  scene.begin(60s);
  scene.turned.pass_time(40s);
  scene.trial.begin(compile(load("path: /api", "path: /apis"), scene.records), {scene.route(0)},
                    60s);
  scene.turned.pass_time(40s);
  CHECK(scene.whys.empty());
  CHECK(scene.trial.before() == scene.before->config);
}
