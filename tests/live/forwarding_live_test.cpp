// What a backend learns of the client: Host, Via, X-Forwarded-* and Forwarded (RFC 7239), and what
// is meant for one hop only.
#include <catch2/catch.hpp>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

const std::string kClaims =
    "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: claimed.test\r\n"
    "Forwarded: for=203.0.113.9;proto=https\r\n";
const std::string kTrusting = "trusted_proxies: [127.0.0.0/8]\n";

StrictMessage forwarded(const std::string& request, const std::string& top = "") {
  ProxiedBackend scene(ordinary_script(), "", "", top);
  CHECK(scene.client().ask(request).status() == 200);
  return scene.next_request();
}

}  // namespace

TEST_CASE("a backend learns who the client is and what it asked for") {
  const StrictMessage request = forwarded(get_text("x"));
  CHECK(request.value("Host") == "t.test");
  CHECK(request.value("X-Forwarded-For") == "127.0.0.1");
  CHECK(request.value("X-Forwarded-Proto") == "http");
  CHECK(request.value("X-Forwarded-Host") == "t.test");
  CHECK(request.value("Forwarded") == "for=127.0.0.1;host=t.test;proto=http");
  CHECK(request.value("Via") == "1.1 poise");
}

TEST_CASE("a stranger's claims about the client are replaced") {
  const StrictMessage request = forwarded(get_text("x", kClaims));
  CHECK(request.value("X-Forwarded-For") == "127.0.0.1");
  CHECK(request.value("X-Forwarded-Proto") == "http");
  CHECK(request.value("X-Forwarded-Host") == "t.test");
  CHECK(request.value("Forwarded") == "for=127.0.0.1;host=t.test;proto=http");
}

TEST_CASE("a trusted proxy's claims about the client are kept and added to") {
  const StrictMessage request = forwarded(get_text("x", kClaims), kTrusting);
  CHECK(request.value("X-Forwarded-For") == "203.0.113.9, 127.0.0.1");
  CHECK(request.value("X-Forwarded-Proto") == "https");
  CHECK(request.value("X-Forwarded-Host") == "claimed.test");
  CHECK(request.value("Forwarded") ==
        "for=203.0.113.9;proto=https, for=127.0.0.1;host=t.test;proto=http");
}

TEST_CASE("a port in Host stays, and is quoted in Forwarded") {
  const StrictMessage request =
      forwarded("GET /a HTTP/1.1\r\nHost: t.test:8080\r\nX-Id: x\r\n\r\n");
  CHECK(request.value("Host") == "t.test:8080");
  CHECK(request.value("Forwarded") == "for=127.0.0.1;host=\"t.test:8080\";proto=http");
}

TEST_CASE("Via is added to, with the version the client spoke") {
  CHECK(forwarded(get_text("x", "Via: 1.1 other\r\n")).value("Via") == "1.1 other, 1.1 poise");
  CHECK(forwarded("GET /a HTTP/1.0\r\nHost: t.test\r\n\r\n").value("Via") == "1.0 poise");
}

TEST_CASE("a backend is asked in HTTP/1.1 whatever the client spoke") {
  const StrictMessage request = forwarded("GET /a HTTP/1.0\r\nHost: t.test\r\n\r\n");
  CHECK(request.minor_version == 1);
  CHECK_FALSE(request.lists("Connection", "close"));
}

TEST_CASE("fields for one hop are not passed on") {
  const StrictMessage request =
      forwarded(get_text("x",
                         "Connection: keep-alive, X-Own\r\nX-Own: 1\r\nKeep-Alive: timeout=1\r\n"
                         "Proxy-Connection: keep-alive\r\nTE: gzip\r\nX-Kept: 1\r\n"));
  CHECK(request.value("X-Kept") == "1");
  CHECK_FALSE(request.has("X-Own"));
  CHECK_FALSE(request.has("Keep-Alive"));
  CHECK_FALSE(request.has("Proxy-Connection"));
  CHECK_FALSE(request.lists("TE", "gzip"));
}

TEST_CASE("an answer's fields for one hop are not passed on") {
  ProxiedBackend scene(answering([](const StrictMessage&) {
    return Reply{{"HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Own\r\nX-Own: 1\r\n"
                  "Keep-Alive: timeout=1\r\nX-Kept: 1\r\nContent-Length: 0\r\n\r\n"},
                 AfterReply::keep,
                 {}};
  }));
  const Answer answer = scene.client().ask(get_text("x"));
  CHECK(answer.message.value("X-Kept") == "1");
  CHECK_FALSE(answer.message.has("X-Own"));
  CHECK_FALSE(answer.message.has("Keep-Alive"));
}

TEST_CASE("the order and the number of other fields stay") {
  const StrictMessage request = forwarded(get_text("x", "X-A: 1\r\nX-B: 2\r\nX-A: 3\r\n"));
  CHECK(request.value("X-A") == "1, 3");
  CHECK(request.count("X-A") == 2);
  CHECK(request.raw.find("X-A: 1") < request.raw.find("X-B: 2"));
  CHECK(request.raw.find("X-B: 2") < request.raw.find("X-A: 3"));
}
