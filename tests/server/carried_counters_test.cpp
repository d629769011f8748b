#include "proxy/server/carried_counters.h"

#include <catch2/catch.hpp>
#include <stdexcept>

#include "conf/load.h"
#include "proxy/server/backend_subject.h"
#include "proxy/server/record_sums.h"

using namespace poise;
using namespace std::chrono_literals;

namespace {

// A process of its own, as far as counters go.
struct Process {
  explicit Process(const std::string& pools = "{ app: { backends: [127.0.0.1:1] } }") {
    conf::Loaded loaded = conf::load_text(
        "listeners: [{ name: web, bind: 127.0.0.1:0, pool: app }]\npools: " + pools, "test.yaml");
    if (!loaded.ok()) throw std::runtime_error("faulty configuration");
    snapshot = server::compile(*loaded, records);
  }
  pool::BackendRecord& backend() { return *snapshot->pools[0]->backend_records[0]; }
  server::BackendSums sums() { return server::sums_of(backend()); }

  server::RecordRegistry records;
  std::shared_ptr<const server::Snapshot> snapshot;
};

void serve(Process& process, std::size_t worker, int requests) {
  pool::BackendCells& cells = process.backend().cells.of(worker);
  for (int i = 0; i < requests; ++i) {
    cells.requests[1].add();
    cells.wait.observe(1ms);
  }
  cells.in_flight.add(3);
}

}  // namespace

TEST_CASE("counters go on where those of the process before ended") {
  Process old_one;
  serve(old_one, 0, 5);
  serve(old_one, 1, 7);
  Process new_one;
  REQUIRE(server::carry_counters(server::counters_text(*old_one.snapshot), *new_one.snapshot));
  serve(new_one, 0, 1);
  CHECK(new_one.sums().requests[1] == 13);
  CHECK(new_one.sums().in_flight == 3);

  serve(old_one, 0, 2);
  REQUIRE(server::carry_counters(server::counters_text(*old_one.snapshot), *new_one.snapshot));
  CHECK(new_one.sums().requests[1] == 15);

  Process third;
  REQUIRE(server::carry_counters(server::counters_text(*new_one.snapshot), *third.snapshot));
  CHECK(third.sums().requests[1] == 15);
}

TEST_CASE("health does not take another process's traffic for its own") {
  Process old_one;
  serve(old_one, 0, 5);
  Process new_one;
  REQUIRE(server::carry_counters(server::counters_text(*old_one.snapshot), *new_one.snapshot));
  net::Loop loop;
  const server::BackendSubject subject(loop, new_one.snapshot->pools[0]->record,
                                       new_one.snapshot->pools[0]->backend_records[0]);
  std::uint64_t waits = 0;
  for (const auto count : subject.traffic().waits) waits += count;
  CHECK(waits == 0);
}

TEST_CASE("what a configuration does not have any more is not carried, nor what is no counter") {
  Process old_one;
  serve(old_one, 0, 5);
  Process other("{ app: { backends: [127.0.0.1:2] } }");
  REQUIRE(server::carry_counters(server::counters_text(*old_one.snapshot), *other.snapshot));
  CHECK(other.sums().requests[1] == 0);
  for (const char* text : {"", "{}", "7", "[7]", "[[1]]"}) {
    INFO(text);
    CHECK_FALSE(server::carry_counters(text, *other.snapshot));
  }
  const std::string name = R"(["backend","app","127.0.0.1:2","127.0.0.1:2"])";
  for (const char* numbers : {"7", R"({"requests":7})", R"({"requests":[1,2]})",
                              R"({"requests":[-1,0,0,0,0]})", R"({"other":[1]})"}) {
    INFO(numbers);
    CHECK(server::carry_counters("[[" + name + "," + numbers + "]]", *other.snapshot));
    CHECK(other.sums().requests[1] == 0);
  }
}
