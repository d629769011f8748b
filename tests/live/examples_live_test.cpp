// Every example of conf/examples runs and answers as its own comments say.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/certificates.h"
#include "tests/support/live_poise.h"
#include "tests/support/raw_client.h"
#include "tests/support/recording_backend.h"

using namespace poise::support;

namespace {

struct Ask {
  std::string example;
  std::string request;  // without the empty line
  int status;
};

constexpr int kNoHttp = 0;  // gets something else than an answer

// One request at least for each file: the test below counts.
const std::vector<Ask> kAsks{
    {"access_log", "GET / HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"api_timeouts_retries", "GET /search?q=1 HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"behind_another_proxy", "GET / HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"behind_a_tcp_proxy", "GET / HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"canary", "GET /v1/x HTTP/1.1\r\nHost: a.test\r\nX-Canary: 1\r\n", 200},
    {"dns_names", "GET / HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"dns_names", "GET /v1/x HTTP/1.1\r\nHost: a.test\r\n", 503},
    {"health_checks", "GET / HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"https", "GET /page HTTP/1.1\r\nHost: a.test\r\n", 308},
    {"one_site", "GET / HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"redirect_to_https", "GET /page HTTP/1.1\r\nHost: a.test\r\n", 308},
    {"several_hosts", "GET / HTTP/1.1\r\nHost: shop.example.com\r\n", 200},
    {"several_hosts", "GET / HTTP/1.1\r\nHost: nobody.test\r\n", 404},
    {"smallest", "GET / HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"sticky_sessions", "GET / HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"tcp_database", "GET / HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"tracing", "GET / HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"tested_routes", "GET /x HTTP/1.1\r\nHost: shop.example.com\r\n", 200},
    {"tested_routes", "GET /old/x HTTP/1.1\r\nHost: shop.example.com\r\n", 302},
    {"tls_passthrough", "GET / HTTP/1.1\r\nHost: a.test\r\n", kNoHttp},
    {"unix_sockets", "GET / HTTP/1.1\r\nHost: a.test\r\n", 200},
    {"websocket", "GET /page HTTP/1.1\r\nHost: a.test\r\n", 200},
};

std::string text_of(const std::string& example) {
  std::ifstream file(std::string(POISE_SOURCE_DIR "/conf/examples/") + example + ".yaml");
  return {std::istreambuf_iterator<char>(file), {}};
}

void set(const std::string& name, const std::string& value) {
  REQUIRE(::setenv(name.c_str(), value.c_str(), 1) == 0);
}

}  // namespace

TEST_CASE("every example runs and answers") {
  // Two names of one backend may not stand in one pool: each slot gets an address of its own.
  std::vector<std::unique_ptr<RecordingBackend>> backends;
  for (int i = 1; i <= 4; ++i) {
    backends.push_back(std::make_unique<RecordingBackend>());
    set("POISE_BACKEND_" + std::to_string(i), backends.back()->address());
  }
  set("POISE_BIND", "127.0.0.1:0");
  Certificates made;
  const CertificateFiles files = made.make("a.test");
  set("POISE_BIND_TLS", "127.0.0.1:0");
  set("POISE_CERT", files.cert);
  set("POISE_KEY", files.key);
  set("POISE_ACCESS_LOG", "/dev/null");
  set("POISE_DNS", "127.0.0.1:1");  // nobody is there
  for (const Ask& ask : kAsks) {
    INFO(ask.example);
    LivePoise poise(text_of(ask.example));
    RawClient client(poise.port());
    const Answer answer = client.ask(ask.request + "X-Id: x\r\n\r\n");
    CHECK(answer.is_complete() == (ask.status != kNoHttp));
    if (ask.status == kNoHttp) continue;
    CHECK(answer.status() == ask.status);
  }
}

TEST_CASE("no example is left out") {
  namespace fs = std::filesystem;
  for (const auto& entry : fs::directory_iterator(POISE_SOURCE_DIR "/conf/examples")) {
    const std::string name = entry.path().stem();
    INFO(name);
    CHECK(std::any_of(kAsks.begin(), kAsks.end(),
                      [&](const Ask& ask) { return ask.example == name; }));
  }
}
