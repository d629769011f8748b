#include "proxy/server/route_traffic.h"

#include <catch2/catch.hpp>

using namespace poise;
using server::RouteTraffic;
using server::worse_than;
using namespace std::chrono_literals;

namespace {

// So many requests, of which some failed; the first `slow` took `slow_time`, the others 5 ms.
RouteTraffic traffic(std::uint64_t requests, std::uint64_t failures = 0, std::uint64_t slow = 0,
                     base::Duration slow_time = 5ms) {
  const exchange::RouteRecord record;
  auto& cells = const_cast<exchange::RouteRecord&>(record).cells.of(0);
  for (std::uint64_t i = 0; i < requests; ++i) cells.duration.observe(i < slow ? slow_time : 5ms);
  cells.requests[base::status_class(500)].add(failures);
  RouteTraffic sum;
  sum.add(record);
  return sum;
}

}  // namespace

TEST_CASE("what fails is counted once, whoever said it, and clients' own faults are not") {
  exchange::RouteRecord record;
  auto& cells = record.cells.of(0);
  const auto count = [&](base::Cause cause) -> base::Cell& {
    return cells.failures[static_cast<std::size_t>(cause)];
  };
  cells.requests[base::status_class(502)].add(7);  // three of them poise's own
  count(base::Cause::connect_refused).add(3);
  count(base::Cause::no_route).add(2);
  count(base::Cause::client_gone).add(50);
  count(base::Cause::denied).add(50);
  RouteTraffic sum;
  sum.add(record);
  CHECK(sum.failures == 9);
}

TEST_CASE("a configuration is not judged by a handful of requests") {
  CHECK(worse_than(traffic(1000), traffic(49, 49)) == "");
  CHECK(worse_than(traffic(1000), traffic(50, 50)) != "");
}

TEST_CASE("failures are worse when they are many, and more than chance makes of those before") {
  CHECK(worse_than(traffic(1000, 0), traffic(1000, 9)) == "");
  CHECK(worse_than(traffic(1000, 0), traffic(1000, 30)) ==
        "3 % of 1000 requests failed, 0 % before");
  CHECK(worse_than(traffic(1000, 20), traffic(1000, 30)) == "");
  CHECK(worse_than(traffic(1000, 100), traffic(1000, 190)) == "");
  CHECK(worse_than(traffic(1000, 100), traffic(1000, 260)) != "");
  // Ten of a hundred after two of fifty is what chance may bring.
  CHECK(worse_than(traffic(50, 2), traffic(100, 10)) == "");
}

TEST_CASE("where nothing was before, a tenth may fail") {
  CHECK(worse_than(traffic(0), traffic(200, 20)) == "");
  CHECK(worse_than(traffic(0), traffic(200, 21)) != "");
}

TEST_CASE("latency is worse when more than a few take more than twice the p99 of before") {
  CHECK(worse_than(traffic(1000), traffic(1000, 0, 1000, 9ms)) == "");
  CHECK(worse_than(traffic(1000), traffic(1000, 0, 30, 200ms)) == "");
  const std::string said = worse_than(traffic(1000), traffic(1000, 0, 31, 200ms));
  INFO(said);
  CHECK(said.find("over 1000 requests") != said.npos);
  CHECK(worse_than(traffic(99), traffic(1000, 0, 500, 200ms)) == "");
  CHECK(worse_than(traffic(1000), traffic(99, 0, 99, 200ms)) == "");
  // Slow before, slow now.
  CHECK(worse_than(traffic(1000, 0, 20, 200ms), traffic(1000, 0, 100, 200ms)) == "");
}

TEST_CASE("what came since a moment is the difference") {
  exchange::RouteRecord record;
  auto& cells = record.cells.of(0);
  cells.duration.observe(1ms);
  RouteTraffic before;
  before.add(record);
  cells.duration.observe(2s);
  cells.requests[base::status_class(500)].add();
  RouteTraffic now;
  now.add(record);
  const RouteTraffic rest = now.since(before);
  CHECK(rest.requests == 1);
  CHECK(rest.failures == 1);
  CHECK(rest.p99() >= 2s);
  CHECK(rest.slower_than(1s) == 1);
  CHECK(rest.slower_than(5s) == 0);
}
