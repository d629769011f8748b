// What a client notices of sticky sessions: it stays where its cookie says, whoever reads it.
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <vector>

#include "tests/support/deadline.h"
#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

const std::string kSecret = "a secret for sessions, of some length";

std::string sticky(const std::string& more = "") {
  return "    balance: { strategy: sticky-cookie, secret: \"" + kSecret + "\"" + more + " }\n";
}

// Backends that answer with their number and tell which cookies they were sent.
class Homes {
 public:
  explicit Homes(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      backends_.push_back(
          std::make_unique<RecordingBackend>(answering([number](const StrictMessage& request) {
            return plain_reply(number + '[' + request.value("Cookie") + ']');
          })));
    }
  }
  std::vector<std::string> addresses() const {
    std::vector<std::string> all;
    for (const auto& backend : backends_) all.push_back(backend->address());
    return all;
  }
  RecordingBackend& operator[](std::size_t i) { return *backends_[i]; }

 private:
  std::vector<std::unique_ptr<RecordingBackend>> backends_;
};

struct Seen {
  std::size_t home = 0;
  std::string cookies;     // as the backend got them
  std::string set_cookie;  // as the client got it
  std::string value() const {
    const auto begin = set_cookie.find('=') + 1;
    return set_cookie.substr(begin, set_cookie.find(';') - begin);
  }
};

Seen visit(const LivePoise& poise, const std::string& cookies) {
  RawClient client(poise.port());
  const std::string field = cookies.empty() ? "" : "Cookie: " + cookies + "\r\n";
  const Answer answer = client.ask(request_text("GET /a", field));
  REQUIRE(answer.status() == 200);
  const std::string& body = answer.message.body;
  return {static_cast<std::size_t>(body[0] - '0'), body.substr(2, body.size() - 3),
          answer.message.value("Set-Cookie")};
}

}  // namespace

TEST_CASE("a client stays with its backend, and the cookie is between it and poise") {
  const Homes homes(3);
  const LivePoise poise(simple_config(homes.addresses(), sticky()));
  std::map<std::size_t, int> placed;
  for (int i = 0; i < 12; ++i) {
    const Seen first = visit(poise, "");
    CHECK(first.set_cookie == "poise=" + first.value() + "; Path=/; HttpOnly; SameSite=Lax");
    ++placed[first.home];
    for (int again = 0; again < 3; ++again) {
      const Seen next = visit(poise, "a=1; poise=" + first.value() + "; b=2");
      CHECK(next.home == first.home);
      CHECK(next.cookies == "a=1; b=2");
      CHECK(next.set_cookie.empty());
    }
  }
  CHECK(placed.size() == 3);
}

TEST_CASE("a forged or foreign cookie is a new client") {
  const Homes homes(2);
  const LivePoise poise(simple_config(homes.addresses(), sticky()));
  const std::string value = visit(poise, "").value();
  for (std::size_t at = 0; at < value.size(); at += 7) {
    std::string forged = value;
    forged[at] = forged[at] == 'A' ? 'B' : 'A';
    const Seen seen = visit(poise, "poise=" + forged);
    CHECK_FALSE(seen.set_cookie.empty());
    CHECK(seen.cookies.empty());
  }
}

TEST_CASE("another poise, and the same one after a restart, knows the sessions") {
  const Homes homes(3);
  auto list = homes.addresses();
  auto one = std::make_unique<LivePoise>(simple_config(list, sticky()));
  std::vector<Seen> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(visit(*one, ""));
  one.reset();
  const LivePoise again(simple_config(list, sticky()));
  const LivePoise other(simple_config({list.rbegin(), list.rend()}, sticky(", fallback: maglev")));
  for (const Seen& client : clients) {
    CHECK(visit(again, "poise=" + client.value()).home == client.home);
    CHECK(visit(other, "poise=" + client.value()).home == client.home);
  }
}

TEST_CASE("a client whose backend is down moves, is told so, and the log says it") {
  Homes homes(2);
  LivePoise poise(
      simple_config(homes.addresses(), sticky(), "", "log: { access: { to: stdout } }\n"));
  const Seen before = visit(poise, "");
  homes[before.home].go_down();
  const Seen moved = visit(poise, "poise=" + before.value());
  CHECK(moved.home != before.home);
  CHECK_FALSE(moved.set_cookie.empty());
  CHECK(visit(poise, "poise=" + moved.value()).home == moved.home);
  REQUIRE(poise.stop() == 0);
  const std::string log = poise.process().standard_output().text();
  CHECK(log.find("\"session\":\"new\"") != std::string::npos);
  CHECK(log.find("\"session\":\"moved\",\"session_home\":\"" + homes[before.home].address() +
                 "\"") != std::string::npos);
  CHECK(log.find("\"session\":\"kept\"") != std::string::npos);
}

TEST_CASE("a backend of weight 0 keeps its sessions and gets no new ones") {
  const Homes homes(2);
  const auto list = homes.addresses();
  std::string value;
  {
    const LivePoise poise(simple_config(list, sticky()));
    for (Seen seen; value.empty();) {
      seen = visit(poise, "");
      if (seen.home == 0) value = seen.value();
    }
  }
  std::string config = simple_config(list, sticky());
  const std::string quoted = '"' + list[0] + '"';
  config.replace(config.find(quoted), quoted.size(), "{ address: " + quoted + ", weight: 0 }");
  const LivePoise poise(config);
  for (int i = 0; i < 10; ++i) {
    CHECK(visit(poise, "poise=" + value).home == 0);
    CHECK(visit(poise, "").home == 1);
  }
}

TEST_CASE("the cookie's attributes are as configured") {
  const Homes homes(1);
  const LivePoise poise(simple_config(
      homes.addresses(),
      sticky(", cookie: home, ttl: 1h, http_only: false, secure: true, same_site: none, "
             "path: /app, domain: example.com")));
  const Seen seen = visit(poise, "");
  CHECK(seen.set_cookie == "home=" + seen.value() +
                               "; Path=/app; Domain=example.com; Max-Age=3600; Secure; "
                               "SameSite=None");
  CHECK(visit(poise, "home=" + seen.value()).set_cookie.empty());
}
