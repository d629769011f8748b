#include "proxy/explain/render.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/conf/example_environment.h"
#include "tests/explain/explain_stage.h"

using namespace poise;
using namespace poise::explain;
using namespace poise::test;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

const std::string kYaml =
    "listeners:\n  - name: web\n    bind: :80\n    routes:\n"
    "      - { name: no, match: { headers: { X-A: \"1\" } }, pool: app }\n"
    "      - { name: yes, match: { path: /x }, pool: app }\n      - { name: late, pool: app }\n"
    "pools:\n  app:\n    balance: { strategy: maglev, key: path }\n"
    "    backends: [{ address: \"127.0.0.1:1\", name: one }, { address: \"127.0.0.1:2\", weight: 0 "
    "}]\n";

}  // namespace

TEST_CASE("an explanation reads as text") {
  const std::string text = render_text(explained(kYaml, {.request = "http://a.test/x"}));
  INFO(text);
  CHECK(text.starts_with("GET /x\nHost: a.test\nfrom 127.0.0.1\n"));
  CHECK(has(text, "\n  no        no: wants headers 'X-A: 1', has none\n"));
  CHECK(has(text, "\n  yes       takes it\n  (1 more)  not asked\n"));
  CHECK(has(text, "\n  balance: maglev by path, '/x': one\n"));
  CHECK(has(text, "\n  * one          127.0.0.1:1  1       0     -     100%\n"));
  CHECK(has(text, "\n    127.0.0.1:2  127.0.0.1:2  0       0     -     nothing: weight 0\n"));
}

TEST_CASE("an explanation reads as JSON, and holds the same") {
  const auto json =
      nlohmann::json::parse(render_json(explained(kYaml, {.request = "http://a.test/x"})));
  CHECK(json["request"] == "GET /x");
  const auto& listener = json["listeners"][0];
  CHECK(listener["outcome"] == "proxied");
  CHECK(listener["route"] == "yes");
  CHECK(listener["routes"][0]["condition"] == "headers");
  CHECK(listener["pools"][0]["lands_on"] == "one");
  CHECK(listener["pools"][0]["candidates"][1]["why_not"] == "weight 0");
  CHECK(listener["to_backend"]["target"] == "/x");
}

TEST_CASE("every outcome has its line") {
  const auto text_of = [](const std::string& route, const Words& words) {
    return render_text(explained("listeners:\n  - bind: :80\n    routes:\n      - " + route +
                                     "\npools: { app: { backends: [127.0.0.1:1] } }\n",
                                 words));
  };
  const Words plain{.request = "http://a.test/"};
  CHECK(has(text_of("{ match: { path: /x }, pool: app }", plain),
            "\npoise refuses it: 404 no_route, no route takes it\n"));
  CHECK(has(text_of("{ pool: app, deny: [127.0.0.0/8] }", plain),
            "\npoise refuses it: 403 denied, 127.0.0.1 is in 'deny' (127.0.0.0/8)\n"));
  CHECK(has(text_of("redirect: { to: /y }", plain), "\npoise redirects: 302\n  Location: /y\n"));
  CHECK(has(text_of("respond: { body: hi }", plain), "\n  (2 bytes of body)\n"));
  const std::string refused = text_of("pool: app", {.request = "http://a.test/../.."});
  CHECK(has(refused, "\npoise refuses it: 400 request_malformed, path climbs above its root\n"));
  CHECK_FALSE(has(refused, "routes, the first"));
}

TEST_CASE("every example of a configuration can be explained") {
  const std::filesystem::path folder = std::string(POISE_SOURCE_DIR) + "/conf/examples";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    INFO(entry.path());
    const auto loaded = conf::load_file(entry.path().string(), nullptr, example_environment);
    REQUIRE(loaded.ok());
    const auto scene = offline_scene(*loaded);
    for (const std::string request : {"GET http://a.test/", "tcp 10.0.0.1:1"}) {
      const auto explanation = explain::explain(scene, question_of({.request = request}));
      if (!explanation.ok()) continue;  // the other protocol
      CHECK(nlohmann::json::accept(render_json(*explanation)));
      CHECK_FALSE(render_text(*explanation).empty());
    }
  }
}
