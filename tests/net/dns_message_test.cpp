#include "proxy/net/dns_message.h"

#include <catch2/catch.hpp>

#include "proxy/base/random.h"
#include "tests/net/dns_stage.h"

using namespace poise::net;
using namespace poise::test;

namespace {

constexpr std::uint16_t kA = 1;
constexpr std::uint16_t kSrv = 33;

std::optional<DnsAnswer> parse(const WireText& message, RecordType type) {
  return parse_dns_answer({reinterpret_cast<const std::uint8_t*>(message.data()), message.size()},
                          type);
}

DnsAnswer parse_script(const std::string& name, RecordType type, const DnsScript& script) {
  const auto answer = parse(dns_message(name, static_cast<std::uint16_t>(type), script), type);
  REQUIRE(answer);
  return *answer;
}

std::vector<std::string> texts(const std::vector<Address>& addresses) {
  std::vector<std::string> all;
  for (const Address& address : addresses) all.push_back(address.ip_text());
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every address record of the name asked for is taken, with the least TTL") {
  DnsScript script;
  script.answers = {a_record("app.test", "10.0.0.1", 30), a_record("APP.test", "10.0.0.2", 20),
                    a_record("other.test", "10.0.0.9", 1), aaaa_record("app.test", "fd00::1", 1)};
  const DnsAnswer answer = parse_script("app.test", RecordType::a, script);
  CHECK(texts(answer.addresses) == Texts{"10.0.0.1", "10.0.0.2"});
  CHECK(answer.ttl == std::chrono::seconds(20));
  CHECK(texts(parse_script("app.test", RecordType::aaaa, script).addresses) == Texts{"fd00::1"});
}

TEST_CASE("aliases are followed, and their TTL counts") {
  DnsScript script;
  script.answers = {a_record("c.test", "10.0.0.1", 300), alias_record("b.test", "c.test", 5),
                    alias_record("a.test", "b.test", 60)};
  const DnsAnswer answer = parse_script("a.test", RecordType::a, script);
  CHECK(texts(answer.addresses) == Texts{"10.0.0.1"});
  CHECK(answer.ttl == std::chrono::seconds(5));
}

TEST_CASE("a circle of aliases leads nowhere") {
  DnsScript script;
  script.answers = {alias_record("a.test", "b.test"), alias_record("b.test", "a.test")};
  CHECK(parse_script("a.test", RecordType::a, script).is_empty());
}

TEST_CASE("services come with the addresses of their hosts, where the server told them") {
  DnsScript script;
  script.answers = {service_record("_http._tcp.test", "One.test", 8001, 10, 5, 60),
                    service_record("_http._tcp.test", "two.test", 8002, 20, 0, 60)};
  script.additional = {a_record("one.test", "10.0.0.1", 7), a_record("three.test", "10.0.0.3", 1)};
  const DnsAnswer answer = parse_script("_http._tcp.test", RecordType::srv, script);
  REQUIRE(answer.services.size() == 2);
  CHECK(answer.services[0].target == "one.test");
  CHECK(answer.services[0].port == 8001);
  CHECK(answer.services[0].priority == 10);
  CHECK(answer.services[0].weight == 5);
  CHECK(answer.services[1].target == "two.test");
  REQUIRE(answer.additional.size() == 1);
  CHECK(answer.additional[0].name == "one.test");
  CHECK(answer.ttl == std::chrono::seconds(7));
}

TEST_CASE("compressed names are read") {
  // The record's owner is a pointer to the question's name at offset 12.
  DnsScript script;
  WireText message = dns_message("app.test", kA, script);
  message[7] = 1;
  message += WireText("\xc0\x0c", 2) + dns_number(kA, 2) + dns_number(1, 2) + dns_number(60, 4) +
             dns_number(4, 2) + WireText("\x0a\0\0\x01", 4);
  const auto answer = parse(message, RecordType::a);
  REQUIRE(answer);
  CHECK(texts(answer->addresses) == Texts{"10.0.0.1"});
}

TEST_CASE("a name that points at itself ends the message, not the parser") {
  WireText message = dns_message("app.test", kA, {});
  message[7] = 1;
  const auto here = static_cast<char>(message.size());
  message += WireText("\xc0", 1) + here;
  message += dns_number(kA, 2) + dns_number(1, 2) + dns_number(60, 4) + dns_number(4, 2) + "abcd";
  CHECK_FALSE(parse(message, RecordType::a));
}

TEST_CASE("a message cut anywhere is refused, or says less, and never reads beyond its end") {
  DnsScript script;
  script.answers = {service_record("s.test", "one.test", 1, 2, 3),
                    service_record("s.test", "two.test", 1, 2, 3)};
  script.additional = {a_record("one.test", "10.0.0.1")};
  const WireText whole = dns_message("s.test", kSrv, script);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const WireText cut = whole.substr(0, size);
    // A copy of exactly that size: the address sanitizer sees a byte too many.
    const std::vector<std::uint8_t> exact(cut.begin(), cut.end());
    CHECK_FALSE(parse_dns_answer(exact, RecordType::srv));
  }
  CHECK(parse(whole, RecordType::srv));
}

TEST_CASE("messages changed at random are refused or read, and never crash the parser") {
  poise::base::Random random(53);
  DnsScript script;
  script.answers = {alias_record("s.test", "t.test"), service_record("t.test", "one.test", 1, 2, 3),
                    a_record("t.test", "10.0.0.1"), aaaa_record("t.test", "::1")};
  script.additional = {a_record("one.test", "10.0.0.1"), aaaa_record("one.test", "::1")};
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    WireText message = dns_message("s.test", kSrv, script);
    for (std::uint32_t edits = 1 + random.below(4); edits > 0; --edits) {
      message[random.below(static_cast<std::uint32_t>(message.size()))] =
          static_cast<char>(random.below(256));
    }
    const std::vector<std::uint8_t> exact(message.begin(), message.end());
    const RecordType types[] = {RecordType::a, RecordType::aaaa, RecordType::srv};
    if (!parse_dns_answer(exact, types[random.below(3)])) ++refused;
  }
  CHECK(refused > 1000);
}

TEST_CASE("records of a wrong length are refused") {
  DnsScript script;
  script.answers = {{"app.test", kA, 60, "abc"}};
  CHECK_FALSE(parse(dns_message("app.test", kA, script), RecordType::a));
  script.answers = {{"app.test", kSrv, 60, "abcdef"}};
  CHECK_FALSE(parse(dns_message("app.test", kSrv, script), RecordType::srv));
}
