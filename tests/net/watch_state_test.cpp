#include "proxy/net/watch_state.h"

#include <catch2/catch.hpp>

using namespace poise::net;
using namespace std::chrono_literals;
using poise::base::Duration;
using News = WatchState::News;
using Kind = Resolution::Kind;

namespace {

Endpoint endpoint(const std::string& address, const std::string& target = "app.test") {
  return {*Address::parse(address), target, 0, 0};
}

Resolution found(std::vector<Endpoint> endpoints, Duration ttl = 60s) {
  Resolution resolution;
  resolution.kind = Kind::found;
  resolution.endpoints = std::move(endpoints);
  resolution.ttl = ttl;
  return resolution;
}

Resolution trouble(Kind kind) {
  Resolution resolution;
  resolution.kind = kind;
  resolution.reason = "reason";
  return resolution;
}

struct Bed {
  explicit Bed(WatchPolicy policy = {}) : state(policy) {}

  WatchState::Step see(Resolution resolution, Duration later = 1s) {
    now += later;
    return state.on_resolution(std::move(resolution), now, random);
  }

  WatchState state;
  poise::base::MonotonicTime now{1h};
  poise::base::Random random{7};
};

bool is_between(Duration value, Duration least, Duration most) {
  return value >= least && value <= most;
}

}  // namespace

TEST_CASE("a good answer counts for its TTL, within the floor and the ceiling") {
  Bed bed({.ttl_min = 2s, .ttl_max = 100s});
  CHECK(is_between(bed.see(found({endpoint("10.0.0.1:80")}, 60s)).ask_in, 60s, 66s));
  CHECK(is_between(bed.see(found({endpoint("10.0.0.1:80")}, 0s)).ask_in, 2s, 2200ms));
  CHECK(is_between(bed.see(found({endpoint("10.0.0.1:80")}, 24h)).ask_in, 100s, 110s));
}

TEST_CASE("an interval of the user's own replaces the TTL") {
  Bed bed({.interval = 10s});
  CHECK(is_between(bed.see(found({endpoint("10.0.0.1:80")}, 1h)).ask_in, 10s, 11s));
}

TEST_CASE("a name that never resolved is asked for again, ever slower, within 40 seconds") {
  Bed bed;
  Duration last{0};
  for (const Duration expected : {1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s}) {
    const auto step = bed.see(trouble(Kind::failed));
    CHECK(is_between(step.ask_in, expected * 3 / 4, expected * 5 / 4));
    last = step.ask_in;
  }
  CHECK(last <= 40s);
  CHECK(bed.state.is_settled());
  CHECK(bed.state.endpoints().empty());
  CHECK(bed.state.trouble() == "reason");
}

TEST_CASE("the last good answer stays while DNS fails, which is said once, and so is the end") {
  Bed bed;
  CHECK(bed.see(found({endpoint("10.0.0.1:80")})).news == News::resolved);
  CHECK(bed.see(trouble(Kind::failed)).news == News::failed);
  for (int i = 0; i < 100; ++i) {
    const auto step = bed.see(trouble(Kind::failed), 1h);
    CHECK(step.news == News::none);
    CHECK_FALSE(step.changed);
  }
  CHECK(bed.state.endpoints().size() == 1);
  const auto step = bed.see(found({endpoint("10.0.0.1:80")}));
  CHECK(step.news == News::recovered);
  CHECK_FALSE(step.changed);
  CHECK(bed.state.trouble().empty());
}

TEST_CASE("a no is believed once it was repeated for half a minute") {
  Bed bed;
  bed.see(found({endpoint("10.0.0.1:80")}));
  CHECK(bed.see(trouble(Kind::denied)).news == News::failed);
  CHECK_FALSE(bed.see(trouble(Kind::denied), 29s).changed);
  const auto step = bed.see(trouble(Kind::denied), 2s);
  CHECK(step.changed);
  CHECK(step.news == News::gone);
  CHECK(bed.state.endpoints().empty());
  CHECK(bed.see(trouble(Kind::denied), 1h).news == News::none);
}

TEST_CASE("a good answer between two denials starts their time anew") {
  Bed bed;
  bed.see(found({endpoint("10.0.0.1:80")}));
  bed.see(trouble(Kind::denied));
  bed.see(found({endpoint("10.0.0.1:80")}), 20s);
  CHECK_FALSE(bed.see(trouble(Kind::denied), 20s).changed);
}

TEST_CASE("a change is told with the new endpoints, an equal answer is not") {
  Bed bed;
  bed.see(found({endpoint("10.0.0.1:80")}));
  CHECK_FALSE(bed.see(found({endpoint("10.0.0.1:80")})).changed);
  const auto step = bed.see(found({endpoint("10.0.0.1:80"), endpoint("10.0.0.2:80")}));
  CHECK(step.changed);
  CHECK(step.news == News::changed);
  CHECK(bed.state.endpoints().size() == 2);
}

TEST_CASE("where one family fails, its last addresses stay beside the other's new ones") {
  Bed bed;
  bed.see(found({endpoint("10.0.0.1:80"), endpoint("[fd00::1]:80")}));
  Resolution partly = found({endpoint("10.0.0.2:80")}, 1h);
  partly.gaps.push_back({AF_INET6, {0, 0, 80, "app.test"}});
  const auto step = bed.see(std::move(partly));
  REQUIRE(bed.state.endpoints().size() == 2);
  CHECK(bed.state.endpoints()[0].address.text() == "10.0.0.2:80");
  CHECK(bed.state.endpoints()[1].address.text() == "[fd00::1]:80");
  CHECK(step.ask_in <= 2s);
}

TEST_CASE("answers in another order are the same resolution") {
  const auto resolve = [](std::vector<Address> addresses) {
    HostAnswer host;
    host.target = "app.test";
    host.kind = HostAnswer::Kind::found;
    host.addresses = std::move(addresses);
    host.ttl = 60s;
    return join_answers({{0, 0, 80, "app.test"}}, kLongestTtl, {host});
  };
  const auto one = *Address::parse_ip("10.0.0.1", 0);
  const auto two = *Address::parse_ip("10.0.0.2", 0);
  CHECK(resolve({one, two}).endpoints == resolve({two, one, two}).endpoints);
  CHECK(resolve({one, two}).endpoints.size() == 2);
}
