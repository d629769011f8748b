// What every kind of probe must do, run over the list of them with a backend that any of them is
// pleased by. What is special about a kind has a test file of its own.
#include <catch2/catch.hpp>

#include "conf/reader/yaml_parser.h"
#include "conf/reader/yaml_reader.h"
#include "health/probes.h"
#include "tests/health/probe_stage.h"

using namespace std::chrono_literals;
using namespace poise;
using health::Finding;
using test::ProbeStage;

namespace {

std::shared_ptr<const health::ProbePlan> plan_of(const health::ProbeKind& kind) {
  conf::Diagnostics diagnostics;
  const auto root = conf::parse_yaml("{}", "test", conf::read_process_environment, diagnostics);
  conf::YamlMap map(*root, "test", diagnostics);
  return kind.parse(map);
}

template <class Test>
void with_each_kind(Test test) {
  for (const health::ProbeKind& kind : health::all_probes()) {
    INFO("the kind " << kind.name);
    test(plan_of(kind));
  }
}

}  // namespace

TEST_CASE("a probe is known by its name") {
  for (const health::ProbeKind& kind : health::all_probes()) {
    CHECK(plan_of(kind)->kind() == kind.name);
    CHECK(health::find_probe(kind.name) == &kind);
  }
  CHECK(health::find_probe("nonsense") == nullptr);
}

TEST_CASE("a probe passes with a backend that does well, over IP and over a path") {
  const auto where = GENERATE(ProbeStage::Kind::ip, ProbeStage::Kind::unix_path);
  with_each_kind([&](const auto& plan) {
    if (plan->kind() == "tls") return;  // the stage's backend speaks none: live tests have one
    ProbeStage stage(where);
    const auto result = stage.probe(plan);
    INFO(result.saw);
    CHECK(result.finding == Finding::passed);
    CHECK(result.took > 0ns);
    CHECK(result.took < 5s);
    CHECK(stage.comes_true([&] { return stage.open_connections() == 0; }));
  });
}

TEST_CASE("a probe says that nobody is there") {
  with_each_kind([](const auto& plan) {
    ProbeStage stage(ProbeStage::Kind::nobody);
    const auto result = stage.probe(plan);
    CHECK(result.finding == Finding::connect);
    CHECK(result.saw == "could not connect: Connection refused");
  });
  with_each_kind([](const auto& plan) {
    ProbeStage stage(ProbeStage::Kind::unix_path);
    (void)::unlink(stage.address().text().substr(5).c_str());
    CHECK(stage.probe(plan).finding == Finding::connect);
  });
}

TEST_CASE("a probe that is cancelled at any point leaves no connection and says nothing") {
  with_each_kind([](const auto& plan) {
    for (int turns = 0; turns < 12; ++turns) {
      ProbeStage stage;
      stage.script.answer = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart";
      stage.script.closes = false;
      stage.begin(plan);
      for (int i = 0; i < turns && !stage.is_done(); ++i) stage.turn();
      if (stage.is_done()) break;
      stage.cancel();
      for (int i = 0; i < 20; ++i) stage.turn();
      CHECK_FALSE(stage.is_done());
      CHECK(stage.comes_true([&] { return stage.open_connections() == 0; }));
    }
  });
}

TEST_CASE("what passes but takes longer than max_latency has failed") {
  with_each_kind([](const auto& plan) {
    if (plan->kind() == "tls") return;  // as above
    ProbeStage stage;
    const auto result = stage.probe(plan, {5s, 1ns});
    CHECK(result.finding == Finding::latency);
    CHECK(result.saw.find("are allowed") != std::string::npos);
  });
}
