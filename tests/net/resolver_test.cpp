// The resolver against a server of the test's own: real sockets, everything on the test's thread
// but the server.
#include "proxy/net/resolver.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "proxy/net/name_watch.h"
#include "tests/net/dns_stage.h"

using namespace poise;
using namespace poise::net;
using namespace poise::test;
using namespace std::chrono_literals;
using Kind = Resolution::Kind;
using Texts = std::vector<std::string>;

namespace {

constexpr base::Duration kPatience = 20s;

Question hosts(const std::string& name) { return {Question::Kind::hosts, name, 80}; }
Question services(const std::string& name) { return {Question::Kind::services, name, 0}; }

Texts texts(const std::vector<Endpoint>& endpoints) {
  Texts all;
  for (const Endpoint& each : endpoints) all.push_back(each.address.text());
  return all;
}

// Turns the loop until `done`, or patience ends.
class Bed {
 public:
  explicit Bed(base::Duration timeout = 200ms, std::string hosts_path = "/nonexistent")
      : resolver(loop, config_for(server, timeout), std::move(hosts_path)),
        patience_(base::Timer::calling<Bed, &Bed::give_up>(this)) {}

  template <class Done>
  bool turn_until(Done done) {
    gave_up_ = false;
    loop.arm(patience_, loop.read_now() + kPatience);
    while (!done() && !gave_up_) uv_run(loop.uv(), UV_RUN_ONCE);
    patience_.cancel();
    return done();
  }

  Resolution resolve(const Question& question) {
    std::optional<Resolution> got;
    const auto lookup =
        resolver.resolve(question, [&](Resolution resolution) { got = std::move(resolution); });
    CHECK_FALSE(got);
    loop.post([] {});
    REQUIRE(turn_until([&] { return got.has_value(); }));
    return *got;
  }

  static DnsConfig config_for(const DnsStage& stage, base::Duration timeout) {
    DnsConfig config;
    config.servers = {stage.address()};
    config.timeout = timeout;
    config.attempts = 2;
    return config;
  }

  DnsStage server;
  Loop loop;
  Resolver resolver;

 private:
  void give_up() { gave_up_ = true; }

  base::Timer patience_;
  bool gave_up_ = false;
};

}  // namespace

TEST_CASE("a name resolves to all addresses of both families") {
  Bed bed;
  bed.server.answer("app.test", RecordType::a,
                    {{a_record("app.test", "10.0.0.2", 9), a_record("app.test", "10.0.0.1", 9)}});
  bed.server.answer("app.test", RecordType::aaaa, {{aaaa_record("app.test", "fd00::1", 30)}});
  const Resolution resolution = bed.resolve(hosts("app.test."));
  REQUIRE(resolution.kind == Kind::found);
  CHECK(texts(resolution.endpoints) == Texts{"10.0.0.1:80", "10.0.0.2:80", "[fd00::1]:80"});
  CHECK(resolution.ttl == 9s);
  CHECK(resolution.gaps.empty());
}

TEST_CASE("aliases lead to the addresses behind them") {
  Bed bed;
  bed.server.answer("www.test", RecordType::a,
                    {{alias_record("www.test", "app.test"), a_record("app.test", "10.0.0.1")}});
  CHECK(texts(bed.resolve(hosts("www.test.")).endpoints) == Texts{"10.0.0.1:80"});
}

TEST_CASE("a name that does not exist is denied, a server's failure is a failure") {
  Bed bed;
  CHECK(bed.resolve(hosts("nobody.test.")).kind == Kind::denied);
  DnsScript fails;
  fails.code = 2;
  bed.server.answer("broken.test", RecordType::a, fails);
  bed.server.answer("broken.test", RecordType::aaaa, fails);
  const Resolution resolution = bed.resolve(hosts("broken.test."));
  CHECK(resolution.kind == Kind::failed);
  CHECK_FALSE(resolution.reason.empty());
}

TEST_CASE("a silent server is asked again, then given up") {
  Bed bed;
  DnsScript silent;
  silent.is_silent = true;
  bed.server.answer("slow.test", RecordType::a, silent);
  bed.server.answer("slow.test", RecordType::aaaa, silent);
  const Resolution resolution = bed.resolve(hosts("slow.test."));
  CHECK(resolution.kind == Kind::failed);
  CHECK(resolution.reason == "no DNS server answers");
  CHECK(bed.server.asked("slow.test", RecordType::a) == 2);
}

TEST_CASE("a datagram that was lost is sent again") {
  Bed bed;
  DnsScript lossy{{a_record("app.test", "10.0.0.1")}};
  lossy.drops = 1;
  bed.server.answer("app.test", RecordType::a, lossy);
  CHECK(texts(bed.resolve(hosts("app.test.")).endpoints) == Texts{"10.0.0.1:80"});
}

TEST_CASE("a truncated answer is fetched whole over TCP") {
  Bed bed(2s);
  DnsScript large;
  large.truncates = true;
  for (int i = 1; i <= 200; ++i) {
    large.answers.push_back(a_record("many.test", "10.0.0." + std::to_string(i)));
  }
  bed.server.answer("many.test", RecordType::a, large);
  CHECK(bed.resolve(hosts("many.test.")).endpoints.size() == 200);
  CHECK(bed.server.asked_by_tcp() == 1);
}

TEST_CASE("a malformed answer is a failure that says so") {
  Bed bed;
  // One question and one answer announced; the question is whole, the answer is not.
  DnsScript broken;
  broken.instead = dns_number(1, 2) + dns_number(1, 2) + dns_number(0, 4) + dns_name("bad.test") +
                   dns_number(1, 2) + dns_number(1, 2) + "\xc0";
  bed.server.answer("bad.test", RecordType::a, broken);
  bed.server.answer("bad.test", RecordType::aaaa, {{aaaa_record("bad.test", "fd00::1")}});
  const Resolution partly = bed.resolve(hosts("bad.test."));
  CHECK(partly.kind == Kind::found);
  CHECK(texts(partly.endpoints) == Texts{"[fd00::1]:80"});
  REQUIRE(partly.gaps.size() == 1);
  CHECK(partly.gaps[0].family == AF_INET);
  CHECK(partly.reason == "the DNS server's answer is malformed");
}

TEST_CASE("an answer to another question is not believed") {
  Bed bed;
  DnsScript foreign;
  foreign.instead = dns_number(1, 2) + dns_number(1, 2) + dns_number(0, 4) + dns_name("evil.test") +
                    dns_number(1, 2) + dns_number(1, 2) + dns_name("evil.test") + dns_number(1, 2) +
                    dns_number(1, 2) + dns_number(60, 4) + dns_number(4, 2) + "abcd";
  bed.server.answer("app.test", RecordType::a, foreign);
  const Resolution resolution = bed.resolve(hosts("app.test."));
  CHECK(resolution.endpoints.empty());
}

TEST_CASE("services bring priority, weight and port, and their hosts are looked up in turn") {
  Bed bed;
  DnsScript script;
  script.answers = {service_record("_x._tcp.test", "one.test", 8001, 10, 5),
                    service_record("_x._tcp.test", "two.test", 8002, 20, 7)};
  script.additional = {a_record("one.test", "10.0.0.1"), aaaa_record("one.test", "fd00::1")};
  bed.server.answer("_x._tcp.test", RecordType::srv, script);
  bed.server.answer("two.test", RecordType::a, {{a_record("two.test", "10.0.0.2", 11)}});
  const Resolution resolution = bed.resolve(services("_x._tcp.test."));
  REQUIRE(resolution.kind == Kind::found);
  CHECK(texts(resolution.endpoints) == Texts{"10.0.0.1:8001", "10.0.0.2:8002", "[fd00::1]:8001"});
  CHECK(resolution.endpoints[1].priority == 20);
  CHECK(resolution.endpoints[1].weight == 7);
  CHECK(resolution.endpoints[1].target == "two.test");
  CHECK(resolution.ttl == 11s);
  CHECK(bed.server.asked("one.test", RecordType::a) == 0);
  CHECK(bed.server.asked("two.test", RecordType::aaaa) == 1);
}

TEST_CASE("a service that says there is none is denied") {
  Bed bed;
  bed.server.answer("_x._tcp.test", RecordType::srv,
                    {{service_record("_x._tcp.test", "", 0, 0, 0)}});
  CHECK(bed.resolve(services("_x._tcp.test.")).kind == Kind::denied);
  CHECK(bed.resolve(services("_y._tcp.test.")).kind == Kind::denied);
}

TEST_CASE("the hosts file comes before any server") {
  char path[] = "/tmp/poise_hosts_XXXXXX";
  const int fd = ::mkstemp(path);
  REQUIRE(fd >= 0);
  ::close(fd);
  std::ofstream(path) << "10.9.9.9 app.test\n";
  Bed bed(200ms, path);
  bed.server.answer("app.test", RecordType::a, {{a_record("app.test", "10.0.0.1")}});
  CHECK(texts(bed.resolve(hosts("app.test")).endpoints) == Texts{"10.9.9.9:80"});
  CHECK(bed.server.asked("app.test", RecordType::a) == 0);
  (void)::unlink(path);
}

TEST_CASE("a lookup that is destroyed is never heard of again") {
  Bed bed;
  DnsScript late{{a_record("app.test", "10.0.0.1")}};
  late.drops = 1;
  bed.server.answer("app.test", RecordType::a, late);
  bool called = false;
  auto before_sending =
      bed.resolver.resolve(hosts("app.test."), [&](Resolution) { called = true; });
  before_sending.reset();
  auto under_way = bed.resolver.resolve(hosts("app.test."), [&](Resolution) { called = true; });
  bed.loop.post([] {});
  REQUIRE(bed.turn_until([&] { return bed.server.asked("app.test", RecordType::a) == 1; }));
  under_way.reset();
  CHECK(bed.resolve(hosts("app.test.")).kind == Kind::found);
  CHECK_FALSE(called);
}

TEST_CASE("a resolver may end with questions under way") {
  Bed bed;
  DnsScript silent;
  silent.is_silent = true;
  bed.server.answer("slow.test", RecordType::a, silent);
  auto lookup = bed.resolver.resolve(hosts("slow.test."), [](Resolution) {});
  bed.loop.post([] {});
  CHECK(bed.turn_until([&] { return bed.server.asked("slow.test", RecordType::a) == 1; }));
}

TEST_CASE("many names at once all get their answers") {
  Bed bed(2s);
  std::vector<std::unique_ptr<Lookup>> lookups;
  int good = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string name = "n" + std::to_string(i) + ".test";
    bed.server.answer(name, RecordType::a, {{a_record(name, "10.0.0.1")}});
    lookups.push_back(bed.resolver.resolve(hosts(name + "."), [&](Resolution resolution) {
      if (resolution.kind == Kind::found) ++good;
    }));
  }
  bed.loop.post([] {});
  CHECK(bed.turn_until([&] { return good == 300; }));
}

TEST_CASE("with other servers, what was asked already is asked again there") {
  Bed bed(10s);
  DnsScript silent;
  silent.is_silent = true;
  bed.server.answer("app.test", RecordType::a, silent);
  bed.server.answer("app.test", RecordType::aaaa, silent);
  std::optional<Resolution> got;
  const auto lookup =
      bed.resolver.resolve(hosts("app.test."), [&](Resolution resolution) { got = resolution; });
  bed.loop.post([] {});
  REQUIRE(bed.turn_until([&] { return bed.server.asked("app.test", RecordType::aaaa) == 1; }));
  DnsStage other;
  other.answer("app.test", RecordType::a, {{a_record("app.test", "10.0.0.1")}});
  bed.resolver.configure(Bed::config_for(other, 10s));
  REQUIRE(bed.turn_until([&] { return got.has_value(); }));
  CHECK(texts(got->endpoints) == Texts{"10.0.0.1:80"});
}

TEST_CASE("who follows a name hears of each change, and of nothing else") {
  Bed bed;
  bed.server.answer("app.test", RecordType::a, {{a_record("app.test", "10.0.0.1", 0)}});
  int told = 0;
  const NameWatch watch(bed.resolver, hosts("app.test."), {.ttl_min = 20ms}, 1, [&] { ++told; });
  bed.loop.post([] {});
  REQUIRE(bed.turn_until([&] { return told == 1; }));
  CHECK(texts(watch.state().endpoints()) == Texts{"10.0.0.1:80"});
  const int asked = bed.server.asked("app.test", RecordType::a);
  REQUIRE(bed.turn_until([&] { return bed.server.asked("app.test", RecordType::a) > asked + 3; }));
  CHECK(told == 1);
  bed.server.answer("app.test", RecordType::a, {{a_record("app.test", "10.0.0.2", 0)}});
  REQUIRE(bed.turn_until([&] { return told == 2; }));
  CHECK(texts(watch.state().endpoints()) == Texts{"10.0.0.2:80"});
}

TEST_CASE("a name that appears later is found by asking again") {
  Bed bed;
  int told = 0;
  const NameWatch watch(bed.resolver, hosts("late.test."), {}, 1, [&] { ++told; });
  bed.loop.post([] {});
  REQUIRE(bed.turn_until([&] { return told == 1; }));
  CHECK(watch.state().endpoints().empty());
  bed.server.answer("late.test", RecordType::a, {{a_record("late.test", "10.0.0.1")}});
  REQUIRE(bed.turn_until([&] { return told == 2; }));
  CHECK(texts(watch.state().endpoints()) == Texts{"10.0.0.1:80"});
}
