// What `poise status` says of an admin's answers.
#include "proxy/ops/status_text.h"

#include <catch2/catch.hpp>

#include "proxy/ops/quantity_text.h"
#include "proxy/ops/trouble.h"

using namespace poise;

namespace {

const auto kStatus = ops::Json::parse(R"({"version":"0.1.0","pid":42,"uptime_s":7500,
  "generation":3,"state":"running","last_reload":{"ok":false,"at":"2026-11-22T09:00:00.000Z",
  "error":"poise.yaml:3:1: unknown key"},"workers":[{"id":0},{"id":1}],
  "listeners":[{"name":"web","bind":[":8080"],"protocol":"http","connections":5,
  "connections_total":50}],"requests_total":12345,"codes":{"2xx":12000,"5xx":345,"3xx":0},
  "failures":{"connect_refused":5},"retries_total":2,
  "latency":{"p50_ms":1.234,"p90_ms":20,"p99_ms":1500},"self":{"p50_ms":0.01,"p99_ms":null}})");

const auto kPools = ops::Json::parse(R"({"pools":[{"name":"app","balance":"round-robin",
  "healthy":1,"total":3,"queue":4,"backends":[
  {"name":"b1","address":"127.0.0.1:1","state":"up","weight":1,"p50_ms":0.5},
  {"name":"b2","address":"127.0.0.1:2","state":"down","failures":{"connect_refused":5},
   "last_transition":{"at":"2026-11-22T14:03:12.5Z","from":"up","to":"down","reason":"probe",
   "evidence":"connection refused"}},
  {"name":"b3","address":"127.0.0.1:3","state":"draining",
   "drain":{"deadline":null,"streams":3,"sessions":0}}]},
  {"name":"idle","balance":"random","healthy":0,"total":1,"backends":[]}]})");

std::vector<std::string> words() {
  std::vector<std::string> all;
  for (const auto& each : ops::troubles_of(ops::read_status(kStatus), ops::read_pools(kPools))) {
    all.push_back(each.words);
  }
  return all;
}

}  // namespace

TEST_CASE("what is wrong is said in words, the worst first") {
  CHECK(words() == std::vector<std::string>{
                       "no backend of pool idle serves",
                       "the last reload was refused: poise.yaml:3:1: unknown key",
                       "app/b2 is down since 14:03:12: probe (connection refused)",
                       "4 requests wait in line for pool app",
                       "app/b3 is draining, 3 still under way",
                   });
}

TEST_CASE("poise status shows the process, its listeners and every backend") {
  const std::string text = ops::status_text(ops::read_status(kStatus), ops::read_pools(kPools));
  for (const auto* part :
       {"! no backend of pool idle serves\n", "0.1.0, running, up 2 h 5 min, pid 42, 2 workers",
        "generation 3, reload refused at", "12.3k: 2xx 12.0k, 5xx 345\n", "p99 1.50 s",
        "web       http      :8080", "pool app: 1 of 3 serve, round-robin, queue 4",
        "b2       127.0.0.1:2  down"}) {
    INFO(part);
    CHECK(text.find(part) != text.npos);
  }
}

TEST_CASE("an answer without anything, or with other types, is read without complaint") {
  for (const auto* odd : {"{}", "[]", "null", "3", R"({"workers":7,"listeners":{},"pid":"x"})"}) {
    CHECK(ops::status_text(ops::read_status(ops::Json::parse(odd)), {}).starts_with("all is well"));
    CHECK(ops::read_pools(ops::Json::parse(odd)).empty());
    CHECK(ops::read_tick(ops::Json::parse(odd)).pools.empty());
  }
}

TEST_CASE("quantities are short, and keep the digits that count") {
  CHECK(ops::count_text(9999) == "9999");
  CHECK(ops::count_text(12345) == "12.3k");
  CHECK(ops::count_text(4'560'000) == "4.56M");
  CHECK(ops::rate_text(0.44) == "0.4");
  CHECK(ops::rate_text(950.2) == "950");
  CHECK(ops::milliseconds_text(0.4321) == "0.43 ms");
  CHECK(ops::milliseconds_text(999.6) == "1.00 s");
  CHECK(ops::milliseconds_text(std::nullopt) == "-");
  CHECK(ops::milliseconds_text(0) == "-");
  CHECK(ops::seconds_text(59) == "59 s");
  CHECK(ops::seconds_text(187'200) == "2 d 4 h");
}
