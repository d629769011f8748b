// Ten thousand random and hostile requests: whatever clients send, each line of the access log is
// one valid JSON object, and what the flight recorder tells of them is valid, too.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>
#include <set>
#include <sstream>

#include "tests/support/admin_client.h"
#include "tests/support/proxied_backend.h"

using namespace poise::support;
using nlohmann::json;

namespace {

constexpr int kRequests = 10'000;

class Attacker {
 public:
  explicit Attacker(unsigned seed) : random_(seed) {}

  std::string request() {
    switch (below(4)) {
      case 0:
        return ordinary();
      case 1:
        return mutated(ordinary());
      case 2:
        return bytes(1 + below(300)) + "\r\n\r\n";
      default:
        return with_odd_fields();
    }
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  std::string bytes(std::size_t count) {
    std::string text(count, '\0');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

  // Text that breaks logs: quotes, escapes, controls, halves of characters, other people's markup.
  std::string odd_text() {
    static const std::vector<std::string> kPieces{"\"",
                                                  "\\",
                                                  "\\u0000",
                                                  "%00",
                                                  "\t",
                                                  "\x7f",
                                                  "\xc3\xa4",
                                                  "\xff",
                                                  "\xed\xa0\x80",
                                                  "{",
                                                  "}",
                                                  "\",\"a\":\"",
                                                  "</script>",
                                                  "a",
                                                  "/..",
                                                  "%0d%0a",
                                                  "\xf0\x9f\x98\x80",
                                                  "\xc2\x85",
                                                  "' OR 1=1",
                                                  "$(id)",
                                                  "\x1b[31m",
                                                  "\xe2\x80\xa8"};
    std::string text;
    for (std::size_t i = below(12); i > 0; --i) text += kPieces[below(kPieces.size())];
    return text;
  }

  std::string ordinary() {
    static const std::vector<std::string> kMethods{"GET", "POST", "BREW", "DELETE", "OPTIONS"};
    return kMethods[below(kMethods.size())] + " /" + odd_text() + "?" + odd_text() +
           " HTTP/1.1\r\nHost: " + (below(3) == 0 ? odd_text() : "t.test") +
           "\r\nUser-Agent: " + odd_text() + "\r\nContent-Length: 0\r\n\r\n";
  }

  std::string with_odd_fields() {
    std::string text = "GET /a HTTP/1." + std::to_string(below(3)) + "\r\nHost: t.test\r\n";
    for (std::size_t i = below(8); i > 0; --i) {
      text += (below(2) == 0 ? std::string("X-") : odd_text()) + odd_text() + ": " + odd_text() +
              "\r\n";
    }
    if (below(3) == 0) text += "traceparent: " + odd_text() + "\r\n";
    if (below(3) == 0) text += "X-Forwarded-For: " + odd_text() + "\r\n";
    return text + "\r\n";
  }

  std::string mutated(std::string text) {
    for (std::size_t i = 1 + below(4); i > 0; --i) {
      text[below(text.size())] = static_cast<char>(random_());
    }
    return text;
  }

  std::mt19937 random_;
};

// Strict: one object, of valid UTF-8, that has no name twice.
std::string fault_in(const std::string& line) {
  std::set<std::string> names;
  std::string twice;
  const auto look = [&](int depth, json::parse_event_t event, json& parsed) {
    if (event == json::parse_event_t::key && depth == 1) {
      const std::string name = parsed;
      if (!names.insert(name).second) twice = name;
    }
    return true;
  };
  const json object = json::parse(line, look, false);
  if (object.is_discarded()) return "not JSON: " + line;
  if (!object.is_object()) return "no object: " + line;
  if (!twice.empty()) return twice + " is there twice: " + line;
  for (const char* name : {"ts", "id", "client", "proto", "cause", "phase", "t_total"}) {
    if (!object.contains(name)) return std::string("without ") + name + ": " + line;
  }
  return "";
}

}  // namespace

TEST_CASE("ten thousand hostile requests make as many valid lines") {
  const ScratchFolder folder;
  ProxiedBackend scene(ordinary_script(), "", "    timeouts: { header: 1s, body_idle: 1s }\n",
                       "admin: { bind: 127.0.0.1:0 }\ntrusted_proxies: [127.0.0.0/8]\ntracing: {}\n"
                       "log: { access: { to: " +
                           folder.path("access.log") + ", format: json } }\n");
  Attacker attacker(20261122);
  const AdminClient admin(scene.poise);
  std::size_t answered = 0;
  std::unique_ptr<RawClient> client;
  for (int i = 0; i < kRequests; ++i) {
    if (client == nullptr) client = std::make_unique<RawClient>(scene.poise.port());
    client->send(attacker.request());
    const Answer answer = client->read_answer("GET", Deadline(Milliseconds(3000)));
    CHECK(answer.end != AnswerEnd::timed_out);
    answered += answer.is_complete() ? 1 : 0;
    const bool ends = !answer.is_complete() || answer.message.value("Connection") == "close";
    if (ends) client.reset();
  }
  client.reset();
  const Answer recorded = admin.get("/api/v1/failures?limit=1000");
  CHECK(json::accept(recorded.message.body));
  CHECK(recorded.message.body.find("\"request_malformed\"") != std::string::npos);
  CHECK(scene.poise.stop() == 0);
  std::istringstream lines(folder.read("access.log"));
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const std::string fault = fault_in(line);
    if (!fault.empty()) FAIL_CHECK(fault);
  }
  CHECK(answered > kRequests / 2);
  CHECK(count >= answered);
}
