#include "conf/changes.h"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "conf/load.h"
#include "conf/print.h"

using namespace poise;

namespace {

const std::string kBase = R"(
listeners:
  - name: web
    bind: 127.0.0.1:80
    routes:
      - { name: api, match: { path: /api }, pool: api }
      - { name: rest, pool: app }
pools:
  app:
    backends: [127.0.0.1:1, 127.0.0.1:2]
    balance: { strategy: maglev, key: header:X-User }
    health: { active: { path: /up } }
  api:
    backends: [127.0.0.1:3]
)";

conf::Config load(const std::string& text) {
  const conf::Loaded loaded = conf::load_text(text, "test.yaml");
  if (!loaded) throw std::runtime_error(conf::render(loaded.error(), false));
  return *loaded;
}

// kBase with each first text replaced by the second.
std::string with(std::initializer_list<std::pair<std::string, std::string>> edits) {
  std::string text = kBase;
  for (const auto& [from, to] : edits) text.replace(text.find(from), from.size(), to);
  return text;
}

std::string said(const std::string& after) {
  std::string text;
  for (const auto& change : conf::changes_between(load(kBase), load(after))) {
    const char* kinds[] = {"+", "-", "~"};
    text += kinds[static_cast<int>(change.kind)] + change.what + " " + change.name + "\n";
  }
  return text;
}

std::string summed_up(const std::string& after) {
  return conf::summary(conf::changes_between(load(kBase), load(after)));
}

}  // namespace

TEST_CASE("the same text is the same configuration") {
  CHECK(said(kBase).empty());
  CHECK(summed_up(kBase) == "nothing changed");
}

TEST_CASE("what came, went and changed is named with whom it belongs to") {
  CHECK(said(with({{"name: api,", "name: v1,"}})) ==
        "+route 'v1' of listener 'web'\n-route 'api' of listener 'web'\n");
  CHECK(said(with({{"path: /api", "path: /v1"}})) == "~route 'api' of listener 'web'\n");
  CHECK(said(with({{"127.0.0.1:2]", "{address: 127.0.0.1:2, weight: 3}]"}})) ==
        "~backend '127.0.0.1:2' of pool 'app'\n");
  CHECK(said(with({{"127.0.0.1:2]", "127.0.0.1:4]"}})) ==
        "+backend '127.0.0.1:4' of pool 'app'\n-backend '127.0.0.1:2' of pool 'app'\n");
  CHECK(said(with({{"bind: 127.0.0.1:80", "bind: 127.0.0.1:81"}})) == "~listener 'web'\n");
  CHECK(said("workers: 3\nshutdown: { drain: 1s }\n" + kBase) ==
        "~setting 'workers'\n~setting 'shutdown'\n");
}

TEST_CASE("options of strategies and probes are compared by what they say") {
  CHECK(said(with({{"header:X-User", "header:X-Id"}})) == "~pool 'app'\n");
  CHECK(said(with({{"path: /up", "path: /down"}})) == "~pool 'app'\n");
  CHECK(said(with({{"path: /up", "path: /up, expect_body: ok"}})) == "~pool 'app'\n");
}

TEST_CASE("an order that matters is a change") {
  CHECK(said(with({{"127.0.0.1:1, 127.0.0.1:2", "127.0.0.1:2, 127.0.0.1:1"}})) == "~pool 'app'\n");
}

TEST_CASE("a whole listener or pool is one change") {
  const std::string more =
      kBase + "  new:\n    backends: [127.0.0.1:5]\n    balance: least-connections\n";
  CHECK(said(with({{"pool: api", "pool: app"}, {"  api:\n    backends: [127.0.0.1:3]\n", ""}})) ==
        "~route 'api' of listener 'web'\n-pool 'api'\n");
  CHECK(said(more) == "+pool 'new'\n");
}

TEST_CASE("the summary counts") {
  CHECK(summed_up(with({{"127.0.0.1:1, 127.0.0.1:2", "127.0.0.1:8, 127.0.0.1:9"},
                        {"path: /api", "path: /v1"}})) ==
        "1 route changed, 2 backends added, 2 backends removed");
}
