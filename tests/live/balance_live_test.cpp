// What a client notices of balancing: that its key leads to the same backend, on every poise.
#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

// Backends that answer with their own number.
class Numbered {
 public:
  explicit Numbered(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      backends_.push_back(std::make_unique<RecordingBackend>(
          answering([number](const StrictMessage&) { return plain_reply(number); })));
    }
  }

  RecordingBackend& operator[](std::size_t i) { return *backends_[i]; }
  std::vector<std::string> addresses() const {
    std::vector<std::string> all;
    for (const auto& backend : backends_) all.push_back(backend->address());
    return all;
  }

 private:
  std::vector<std::unique_ptr<RecordingBackend>> backends_;
};

// The number of the backend that answers.
std::string answerer(const LivePoise& poise, const std::string& line, const std::string& fields) {
  RawClient client(poise.port());
  const Answer answer = client.ask(request_text(line, fields));
  REQUIRE(answer.status() == 200);
  return answer.message.body;
}

std::string user(int number) { return "X-User: u" + std::to_string(number) + "\r\n"; }

const std::string kByUser = "    balance: { strategy: maglev, key: \"header:X-User\" }\n";

}  // namespace

TEST_CASE("two poises lead every key to the same backend, in whatever order they list them") {
  const Numbered backends(5);
  const auto list = backends.addresses();
  for (const std::string strategy : {"maglev", "ring-hash", "ip-hash"}) {
    const std::string pool =
        "    balance: { strategy: " + strategy + ", key: \"header:X-User\" }\n";
    const LivePoise one(simple_config(list, pool));
    const LivePoise two(simple_config({list.rbegin(), list.rend()}, pool));
    std::set<std::string> seen;
    for (int i = 0; i < 40; ++i) {
      INFO(strategy << " " << i);
      const std::string home = answerer(one, "GET /a", user(i));
      CHECK(answerer(one, "POST /b?c", user(i) + "Content-Length: 0\r\n") == home);
      CHECK(answerer(two, "GET /d", user(i)) == home);
      seen.insert(home);
    }
    CHECK(seen.size() >= 4);
  }
}

TEST_CASE("a key whose backend is gone finds another, and goes home when it is back") {
  Numbered backends(3);
  const LivePoise poise(simple_config(backends.addresses(), kByUser));
  const std::string home = answerer(poise, "GET /", user(1));
  RecordingBackend& gone = backends[std::stoul(home)];
  gone.go_down();
  const std::string other = answerer(poise, "GET /", user(1));
  CHECK(other != home);
  CHECK(answerer(poise, "GET /", user(1)) == other);
  gone.come_back();
  CHECK(answerer(poise, "GET /", user(1)) == home);
}

TEST_CASE("ip-hash spreads two thousand client addresses evenly and keeps each of them") {
  const Numbered backends(4);
  const LivePoise poise(simple_config(backends.addresses(), "    balance: ip-hash\n"));
  const auto home_of = [&](int client) {
    const std::string ip =
        "127.77." + std::to_string(client / 250) + "." + std::to_string(1 + client % 250);
    RawClient from(BlockingSocket::connect_from(ip, poise.port()));
    return from.ask(request_text("GET /", "")).message.body;
  };
  std::map<std::string, int> clients;
  std::vector<std::string> homes;
  for (int i = 0; i < 2000; ++i) ++clients[homes.emplace_back(home_of(i))];
  for (int i = 0; i < 2000; i += 40) CHECK(home_of(i) == homes[static_cast<std::size_t>(i)]);
  REQUIRE(clients.size() == 4);
  // Five standard deviations of 2,000 throws of a fair die with four sides.
  for (const auto& [backend, count] : clients) CHECK(std::abs(count - 500) < 97);
}

TEST_CASE("a client behind a trusted proxy is balanced by its own address") {
  const Numbered backends(8);
  const LivePoise poise(simple_config(backends.addresses(), "    balance: ip-hash\n", "",
                                      "trusted_proxies: [127.0.0.0/8]\n"));
  const LivePoise stranger(simple_config(backends.addresses(), "    balance: ip-hash\n"));
  std::set<std::string> seen;
  std::set<std::string> unbelieved;
  for (int i = 1; i <= 40; ++i) {
    const std::string from = "X-Forwarded-For: 203.0.113." + std::to_string(i) + "\r\n";
    const std::string home = answerer(poise, "GET /", from);
    CHECK(answerer(poise, "GET /", from) == home);
    seen.insert(home);
    unbelieved.insert(answerer(stranger, "GET /", from));
  }
  CHECK(seen.size() >= 6);
  CHECK(unbelieved.size() == 1);
}

TEST_CASE("a request without the key goes to any backend") {
  const Numbered backends(4);
  const LivePoise poise(simple_config(backends.addresses(), kByUser));
  std::set<std::string> seen;
  for (int i = 0; i < 60; ++i) seen.insert(answerer(poise, "GET /", ""));
  CHECK(seen.size() == 4);
}
