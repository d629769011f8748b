// Backends by name, with dnsmasq as the server: names that come, change and go while poise runs.
#include <catch2/catch.hpp>
#include <map>

#include "tests/support/dns_server.h"
#include "tests/support/live_poise.h"
#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

// Asking again is a matter of seconds: the back-off's, the TTL's.
constexpr Milliseconds kSoon{25000};

BackendScript called(const std::string& name) {
  return answering([name](const StrictMessage&) { return plain_reply(name); });
}

// `pool` are lines of the pool, indented by four spaces.
std::string config(const DnsServer& dns, const std::string& pool) {
  return "dns: { servers: [\"" + dns.address() +
         "\"], timeout: 500ms, attempts: 2 }\nworkers: 2\n"
         "listeners:\n  - bind: 127.0.0.1:0\n    pool: app\npools:\n  app:\n" +
         pool;
}

Answer ask(const LivePoise& poise) { return RawClient(poise.port()).ask(get_text("x")); }

std::string who(const LivePoise& poise) {
  const Answer answer = ask(poise);
  return answer.status() == 200 ? answer.message.body : std::to_string(answer.status());
}

// Who answered how many of `count` requests.
std::map<std::string, int> shares(const LivePoise& poise, int count) {
  std::map<std::string, int> answered;
  for (int i = 0; i < count; ++i) ++answered[who(poise)];
  return answered;
}

std::string port_of(const RecordingBackend& backend) { return std::to_string(backend.port()); }

std::string service(const RecordingBackend& backend, int priority, int weight) {
  return "srv-host=_http._tcp.app.test,one.test," + port_of(backend) + "," +
         std::to_string(priority) + "," + std::to_string(weight);
}

const std::string kOne = "host-record=one.test,127.0.0.1,1";

}  // namespace

TEST_CASE("a name that does not resolve stops nobody, and is served once it does") {
  const RecordingBackend backend(called("one"), "127.0.0.1", unused_port());
  DnsServer dns;
  LivePoise poise(config(dns, "    backends: [\"one.test:" + port_of(backend) + "\"]\n"));
  const Answer answer = ask(poise);
  CHECK(answer.status() == 503);
  CHECK(answer.message.value("Proxy-Status").find("dns_error") != std::string::npos);
  CHECK(poise.process().standard_error().wait_for_line("cannot resolve one.test"));
  dns.become({kOne});
  CHECK(comes_true([&] { return who(poise) == "one"; }, Deadline(kSoon)));
  CHECK(poise.process().standard_error().wait_for_line("one.test:" + port_of(backend) +
                                                       " resolves now: it is at 127.0.0.1"));
}

TEST_CASE("a name that resolves is served from the first request on") {
  const RecordingBackend backend(called("one"), "127.0.0.1", unused_port());
  const DnsServer dns({"host-record=one.test,127.0.0.1,1", "cname=www.test,one.test"});
  LivePoise poise(config(dns, "    backends: [\"www.test:" + port_of(backend) + "\"]\n"));
  CHECK(who(poise) == "one");
}

TEST_CASE("without any DNS server poise starts, and serves what needs none") {
  const RecordingBackend backend(called("one"), "127.0.0.1", unused_port());
  DnsServer dns;
  dns.stop();
  LivePoise poise(config(dns, "    backends: [\"one.test:1\", \"" + backend.address() + "\"]\n"));
  CHECK(shares(poise, 20) == std::map<std::string, int>{{"one", 20}});
}

TEST_CASE("records that come and go move the traffic, and no request fails") {
  const std::uint16_t port = unused_port();
  const RecordingBackend one(called("one"), "127.0.0.1", port);
  const RecordingBackend two(called("two"), "127.0.0.2", port);
  const std::string second = "host-record=one.test,127.0.0.2,1";
  DnsServer dns({kOne});
  LivePoise poise(config(dns, "    backends: [\"one.test:" + std::to_string(port) + "\"]\n"));
  std::map<std::string, int> answered;
  const auto soon = [&](const std::string& name) {
    answered.clear();
    return comes_true([&] { return ++answered[who(poise)] > 0 && answered[name] > 3; },
                      Deadline(kSoon));
  };
  CHECK(soon("one"));
  dns.become({kOne, second});
  CHECK(soon("two"));
  CHECK(answered["one"] + answered["two"] > 0);
  CHECK(answered.size() == 2);
  dns.become({second});
  CHECK(comes_true(
      [&] {
        const auto last = shares(poise, 10);
        for (const auto& [name, count] : last) answered[name] += count;
        return last == std::map<std::string, int>{{"two", 10}};
      },
      Deadline(kSoon)));
  CHECK(answered.size() == 2);
}

TEST_CASE("the last good answer stays while the DNS server is gone") {
  const RecordingBackend backend(called("one"), "127.0.0.1", unused_port());
  DnsServer dns({kOne});
  LivePoise poise(config(dns, "    backends: [\"one.test:" + port_of(backend) + "\"]\n"));
  CHECK(who(poise) == "one");
  dns.stop();
  CHECK(
      poise.process().standard_error().wait_for_line("staying with 127.0.0.1", 0, Deadline(kSoon)));
  CHECK(shares(poise, 20) == std::map<std::string, int>{{"one", 20}});
  dns.become({kOne});
  CHECK(poise.process().standard_error().wait_for_line("resolves now", 0, Deadline(kSoon)));
  CHECK(who(poise) == "one");
}

TEST_CASE("services are weighed as their records say") {
  const RecordingBackend light(called("light"), "127.0.0.1", unused_port());
  const RecordingBackend heavy(called("heavy"), "127.0.0.1", unused_port());
  const DnsServer dns({kOne, service(light, 10, 10), service(heavy, 10, 30)});
  LivePoise poise(
      config(dns, "    discover: { dns: _http._tcp.app.test, type: srv, interval: 1s }\n"));
  auto answered = shares(poise, 200);
  CHECK(answered["light"] + answered["heavy"] == 200);
  CHECK(answered["heavy"] > 2 * answered["light"]);
  CHECK(answered["light"] > 20);
}

TEST_CASE("services of a later priority wait until there are no better ones") {
  const RecordingBackend first(called("first"), "127.0.0.1", unused_port());
  const RecordingBackend spare(called("spare"), "127.0.0.1", unused_port());
  DnsServer dns({kOne, service(first, 10, 1), service(spare, 20, 1)});
  LivePoise poise(
      config(dns, "    discover: { dns: _http._tcp.app.test, type: srv, interval: 200ms }\n"));
  CHECK(shares(poise, 20) == std::map<std::string, int>{{"first", 20}});
  dns.become({kOne, service(spare, 20, 1)});
  CHECK(comes_true([&] { return who(poise) == "spare"; }, Deadline(kSoon)));
}

TEST_CASE("a reload keeps what is known of a name, and waits for a new one") {
  const RecordingBackend backend(called("one"), "127.0.0.1", unused_port());
  const DnsServer dns({kOne, "host-record=two.test,127.0.0.1,1"});
  const std::string port = port_of(backend);
  LivePoise poise(config(dns, "    backends: [\"one.test:" + port + "\"]\n"));
  CHECK(who(poise) == "one");
  const std::string reloaded =
      poise.reload(config(dns, "    backends: [\"two.test:" + port + "\"]\n"));
  CHECK(reloaded.find("reloaded: generation 2") != std::string::npos);
  CHECK(shares(poise, 10) == std::map<std::string, int>{{"one", 10}});
}
