#include "proxy/server/hand_over.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace poise;
using namespace poise::server;

namespace {

HandOver example() {
  HandOver what;
  what.generation = 7;
  what.sockets.push_back(
      {*net::Address::parse("127.0.0.1:0"), *net::Address::parse("127.0.0.1:4000"), false, {5, 6}});
  what.sockets.push_back({*net::Address::parse("unix:/run/a b.sock"),
                          *net::Address::parse("unix:/run/a b.sock"),
                          true,
                          {7}});
  what.sticky_secret = std::string(32, '\xf7');
  what.ticket_keys = std::string(80, '\x01') + std::string(80, '\xfe');
  health::KnownBackend known;
  known.pool = "app";
  known.name = "b\"1";
  known.address = *net::Address::parse("[::1]:80");
  known.probes = health::Threshold::State::down;
  known.turned_at = base::MonotonicTime(std::chrono::seconds(5));
  known.ejection = {health::Ejection::State::ejected, 3,
                    base::MonotonicTime(std::chrono::seconds(6)),
                    base::MonotonicTime(std::chrono::seconds(36))};
  known.reason = health::EjectReason::latency;
  what.health.add(known);
  return what;
}

std::string fault_with(const char* pointer, const nlohmann::json& value) {
  auto json = nlohmann::json::parse(to_json(example()));
  json[nlohmann::json::json_pointer(pointer)] = value;
  const auto read = hand_over_of(json.dump());
  return read ? "" : read.error();
}

}  // namespace

TEST_CASE("what is handed over comes out as it went in") {
  const HandOver before = example();
  const auto after = hand_over_of(to_json(before));
  REQUIRE(after);
  CHECK(after->generation == 7);
  REQUIRE(after->sockets.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(after->sockets[i].asked == before.sockets[i].asked);
    CHECK(after->sockets[i].bound == before.sockets[i].bound);
    CHECK(after->sockets[i].is_foreign == before.sockets[i].is_foreign);
    CHECK(after->sockets[i].descriptors == before.sockets[i].descriptors);
  }
  CHECK(after->sticky_secret == before.sticky_secret);
  CHECK(after->ticket_keys == before.ticket_keys);
  const auto* known = after->health.find("app", "b\"1", *net::Address::parse("[::1]:80"));
  REQUIRE(known != nullptr);
  CHECK(known->probes == health::Threshold::State::down);
  CHECK(known->turned_at == base::MonotonicTime(std::chrono::seconds(5)));
  CHECK(known->ejection.state == health::Ejection::State::ejected);
  CHECK(known->ejection.times == 3);
  CHECK(known->ejection.since == base::MonotonicTime(std::chrono::seconds(6)));
  CHECK(known->ejection.until == base::MonotonicTime(std::chrono::seconds(36)));
  CHECK(known->reason == health::EjectReason::latency);
}

TEST_CASE("what another version added is passed over") {
  CHECK(fault_with("/future", 1) == "");
  CHECK(fault_with("/sockets/0/future", 1) == "");
}

TEST_CASE("whatever is wrong with it makes all of it unreadable") {
  for (const char* text : {"", "{", "[]", "7", "{}", "null"}) {
    INFO(text);
    CHECK_FALSE(hand_over_of(text));
  }
  CHECK(fault_with("/version", 2) == "'version' is missing or wrong");
  CHECK(fault_with("/generation", -1) == "'generation' is missing or wrong");
  CHECK(fault_with("/sockets", 5) == "'sockets' is missing or wrong");
  CHECK(fault_with("/sockets/0", 5) == "an entry is no object");
  CHECK(fault_with("/sockets/0/asked", "nowhere") == "'asked' is missing or wrong");
  CHECK(fault_with("/sockets/0/foreign", "no") == "'foreign' is missing or wrong");
  CHECK(fault_with("/sockets/1/descriptors/0", -5) == "'descriptors' is missing or wrong");
  CHECK(fault_with("/sockets/1/descriptors/0", 1e9) == "'descriptors' is missing or wrong");
  CHECK(fault_with("/sockets/1/descriptors", nlohmann::json::array()) ==
        "'descriptors' is missing or wrong");
  CHECK(fault_with("/sticky_secret", "short") == "'sticky_secret' is missing or wrong");
  CHECK(fault_with("/ticket_keys", "c2hvcnQ") == "'ticket_keys' is missing or wrong");
  CHECK(fault_with("/ticket_keys", 7) == "'ticket_keys' is missing or wrong");
  CHECK(fault_with("/health/0/probes", "sideways") == "'probes' is missing or wrong");
  CHECK(fault_with("/health/0/ejections", 1ull << 40) == "'ejections' is missing or wrong");
  CHECK(fault_with("/health/0/since", ~0ull) == "'since' is missing or wrong");
}
