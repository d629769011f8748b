#include "proxy/server/discovery.h"

#include <catch2/catch.hpp>

#include "conf/load.h"
#include "conf/print.h"
#include "tests/net/dns_stage.h"

using namespace poise;
using namespace poise::test;
using namespace std::chrono_literals;
using net::RecordType;
using Texts = std::vector<std::string>;

namespace {

constexpr base::Duration kPatience = 20s;

class Bed {
 public:
  Bed() : patience_(base::Timer::calling<Bed, &Bed::give_up>(this)) {}

  // `pools` are lines of a pool each, "app: { backends: [a.test.:80] }".
  conf::Config config(const Texts& pools) const {
    std::string text = "dns: { servers: [\"" + server.address().text() +
                       "\"], timeout: 300ms, ttl_min: 100ms }\nlisteners:\n  - bind: :1\n    pool: "
                       "app\npools:\n";
    for (const std::string& pool : pools) text += "  " + pool + "\n";
    const auto loaded = conf::load_text(text, "test.yaml");
    if (!loaded.ok()) FAIL(conf::render(loaded.error(), false));
    return *loaded;
  }

  template <class Done>
  bool turn_until(Done done) {
    gave_up_ = false;
    loop.arm(patience_, loop.read_now() + kPatience);
    while (!done() && !gave_up_) uv_run(loop.uv(), UV_RUN_ONCE);
    patience_.cancel();
    return done();
  }

  bool settle() {
    bool settled = false;
    discovery.when_settled([&] { settled = true; });
    return turn_until([&] { return settled; });
  }

  Texts addresses(const std::string& name) const {
    Texts texts;
    for (const auto& each : discovery.answers()({net::Question::Kind::hosts, name, 80})) {
      texts.push_back(each.address.text());
    }
    return texts;
  }

  DnsStage server;
  net::Loop loop;
  int changes = 0;
  server::Discovery discovery{loop, 1, [this] { ++changes; }};

 private:
  void give_up() { gave_up_ = true; }

  base::Timer patience_;
  bool gave_up_ = false;
};

const std::string kPlain = "app: { backends: [127.0.0.1:9] }";

}  // namespace

TEST_CASE("without names there is nothing to wait for") {
  Bed bed;
  bed.discovery.follow(bed.config({kPlain}));
  bool settled = false;
  bed.discovery.when_settled([&] { settled = true; });
  CHECK(settled);
}

TEST_CASE("once settled, every name has the answer it could get") {
  Bed bed;
  bed.server.answer("a.test", RecordType::a, {{a_record("a.test", "10.0.0.1")}});
  bed.discovery.follow(bed.config({"app: { backends: [a.test.:80, b.test.:80] }"}));
  REQUIRE(bed.settle());
  CHECK(bed.addresses("a.test.") == Texts{"10.0.0.1:80"});
  CHECK(bed.addresses("b.test.").empty());
}

TEST_CASE("a silent server holds nobody up for long") {
  Bed bed;
  DnsScript silent;
  silent.is_silent = true;
  bed.server.answer("a.test", RecordType::a, silent);
  bed.server.answer("a.test", RecordType::aaaa, silent);
  bed.discovery.follow(bed.config({"app: { backends: [a.test.:80] }"}));
  CHECK(bed.settle());
}

TEST_CASE("changes of several names at once are told once") {
  Bed bed;
  for (const std::string name : {"a.test", "b.test", "c.test"}) {
    bed.server.answer(name, RecordType::a, {{a_record(name, "10.0.0.1", 3600)}});
  }
  bed.discovery.follow(bed.config({"app: { backends: [a.test.:80, b.test.:80, c.test.:80] }"}));
  REQUIRE(bed.turn_until([&] { return bed.changes > 0; }));
  CHECK(bed.addresses("c.test.") == Texts{"10.0.0.1:80"});
  CHECK(bed.changes == 1);
}

TEST_CASE("a name of both configurations keeps its answer, one of neither is forgotten") {
  Bed bed;
  bed.server.answer("a.test", RecordType::a, {{a_record("a.test", "10.0.0.1", 3600)}});
  bed.server.answer("b.test", RecordType::a, {{a_record("b.test", "10.0.0.2", 3600)}});
  bed.discovery.follow(bed.config({"app: { backends: [a.test.:80, b.test.:80] }"}));
  REQUIRE(bed.settle());
  bed.discovery.follow_only(bed.config({"app: { backends: [a.test.:80] }"}));
  CHECK(bed.addresses("a.test.") == Texts{"10.0.0.1:80"});
  CHECK(bed.addresses("b.test.").empty());
  CHECK(bed.server.asked("a.test", RecordType::a) == 1);
}
