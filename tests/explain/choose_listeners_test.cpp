#include "proxy/explain/choose_listeners.h"

#include <catch2/catch.hpp>

#include "tests/explain/explain_stage.h"

using namespace poise;
using namespace poise::explain;
using namespace poise::test;
using Names = std::vector<std::string>;

namespace {

const std::string kFour =
    "listeners:\n"
    "  - { name: front, bind: \":80\", pool: app }\n"
    "  - { name: inner, bind: \"10.0.0.1:8080\", pool: app }\n"
    "  - { name: other, bind: \"10.0.0.2:8080\", pool: app }\n"
    "  - { name: db, bind: \"10.0.0.1:5432\", protocol: tcp, pool: app }\n"
    "pools: { app: { backends: [127.0.0.1:1] } }\n";

Names chosen(const Words& words) {
  Names names;
  for (const auto& answer : explained(kFour, words).listeners) names.push_back(answer.listener);
  return names;
}

std::string fault_of(const std::string& yaml, const Words& words) {
  const auto explanation = explain::explain(offline_scene(config_of(yaml)), question_of(words));
  return explanation.ok() ? "" : explanation.error();
}

}  // namespace

TEST_CASE("a question is about the listeners of its address, else of its port") {
  CHECK(chosen({.request = "http://a.test/"}) == Names{"front"});
  CHECK(chosen({.request = "http://a.test:8080/"}) == Names{"inner", "other"});
  CHECK(chosen({.request = "http://10.0.0.2:8080/"}) == Names{"other"});
  CHECK(chosen({.request = "http://192.0.2.1/"}) == Names{"front"});
  CHECK(chosen({.request = "tcp 10.0.0.1:5432"}) == Names{"db"});
}

TEST_CASE("where nothing listens on the port, all of the protocol are explained, and it is said") {
  const auto explanation = explained(kFour, {.request = "http://a.test:81/"});
  CHECK(explanation.listeners.size() == 3);
  REQUIRE(explanation.notes.size() == 1);
  CHECK(explanation.notes[0] == "no HTTP listener binds port 81: all of them are shown");
  CHECK(chosen({.request = "/", .headers = {"Host: a.test"}}).size() == 3);
}

TEST_CASE("a listener can be named, and what does not go with it is refused") {
  CHECK(chosen({.request = "http://a.test:8080/", .listener = "front"}) == Names{"front"});
  CHECK(chosen({.listener = "db"}) == Names{"db"});
  CHECK(fault_of(kFour, {.request = "http://a.test/", .listener = "frnt"}) ==
        "there is no listener 'frnt'; did you mean 'front'?");
  CHECK(fault_of(kFour, {.request = "http://a.test/", .listener = "db"}) ==
        "listener 'db' speaks TCP and sees no requests: ask with --from alone");
  CHECK(fault_of(kFour, {.listener = "front"}) ==
        "listener 'front' speaks HTTP: ask with a request, such as 'GET http://host/path'");
}

TEST_CASE("a protocol that no listener speaks is said so") {
  const std::string http =
      "listeners: [{ bind: \":80\", pool: app }]\npools: { app: { backends: [127.0.0.1:1] } }\n";
  CHECK(fault_of(http, {.request = "tcp 10.0.0.1:1"}) == "no listener speaks TCP");
}

TEST_CASE("a Unix socket's listener is found by its path") {
  const std::string yaml =
      "listeners: [{ name: sock, bind: \"unix:/run/a.sock\", protocol: tcp, pool: app },\n"
      "            { name: net, bind: \":1\", protocol: tcp, pool: app }]\n"
      "pools: { app: { backends: [127.0.0.1:1] } }\n";
  CHECK(answer_to(yaml, {.request = "tcp unix:/run/a.sock"}).listener == "sock");
}

TEST_CASE(
    "where the port does not tell, https is asked of those that speak TLS, http of the rest") {
  std::vector<conf::ListenerConfig> listeners(2);
  listeners[0].bind.push_back(*net::Address::parse("127.0.0.1:8080"));
  listeners[1].bind.push_back(*net::Address::parse("127.0.0.1:8443"));
  listeners[1].tls = tls::ServerConfig{};
  const auto chosen_for = [&](const std::string& request) {
    return choose_listeners(listeners, question_of({.request = request}))->indexes;
  };
  CHECK(chosen_for("https://a.test/") == std::vector<std::size_t>{1});
  CHECK(chosen_for("http://a.test/") == std::vector<std::size_t>{0});
  CHECK(chosen_for("https://a.test:8080/") == std::vector<std::size_t>{0});
}
