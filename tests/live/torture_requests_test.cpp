// Raw requests, well-formed and not, judged by what reaches a strictly parsing backend.
#include <catch2/catch.hpp>
#include <set>

#include "tests/live/request_tables/chunk_cases.h"
#include "tests/live/request_tables/connection_cases.h"
#include "tests/live/request_tables/encoding_cases.h"
#include "tests/live/request_tables/field_cases.h"
#include "tests/live/request_tables/host_cases.h"
#include "tests/live/request_tables/length_cases.h"
#include "tests/live/request_tables/limit_cases.h"
#include "tests/live/request_tables/line_cases.h"
#include "tests/live/request_tables/start_line_cases.h"

using namespace poise::live::requests;

namespace {

void run_all(const RequestTable& table) {
  poise::support::RequestTorture torture;
  for (const RequestCase& attack : table) {
    INFO(attack.name);
    CHECK(torture.run(attack) == "");
    if (!torture.proxy().is_alive()) FAIL("the proxy died: " << torture.proxy().error_output());
  }
}

std::vector<RequestTable> all_tables() {
  return {length_cases(),     encoding_cases(), chunk_cases(), line_cases(), field_cases(),
          start_line_cases(), path_cases(),     host_cases(),  hop_cases(),  upgrade_cases(),
          expect_cases(),     pipeline_cases(), limit_cases()};
}

}  // namespace

TEST_CASE("the request tables are at least 210 cases, each with a name of its own") {
  std::set<std::string> names;
  std::size_t count = 0;
  for (const RequestTable& table : all_tables()) {
    count += table.size();
    for (const RequestCase& attack : table) names.insert(attack.name);
  }
  CHECK(count >= 210);
  CHECK(names.size() == count);
}

TEST_CASE("Content-Length means one thing or is refused") { run_all(length_cases()); }
TEST_CASE("Transfer-Encoding means one thing or is refused") { run_all(encoding_cases()); }
TEST_CASE("a chunked body is passed whole or not at all") { run_all(chunk_cases()); }
TEST_CASE("a line ends with CRLF or the request is refused") { run_all(line_cases()); }
TEST_CASE("header names and values are passed clean or refused") { run_all(field_cases()); }
TEST_CASE("a request line is understood in one way or refused") { run_all(start_line_cases()); }
TEST_CASE("odd paths do not reach the backend changed in meaning") { run_all(path_cases()); }
TEST_CASE("a request has exactly one valid Host") { run_all(host_cases()); }
TEST_CASE("hop-by-hop fields end at the proxy") { run_all(hop_cases()); }
TEST_CASE("Upgrade and CONNECT open no way around the parser") { run_all(upgrade_cases()); }
TEST_CASE("Expect does not set client and backend apart") { run_all(expect_cases()); }
TEST_CASE("requests on one connection keep their borders") { run_all(pipeline_cases()); }
TEST_CASE("limits are enforced on size and on number") { run_all(limit_cases()); }
