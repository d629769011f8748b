#include "proxy/admin/access_rules.h"

#include <catch2/catch.hpp>

#include "tests/admin/admin_stage.h"

using namespace poise;
using namespace poise::test;

namespace {

std::string status_of(const std::string& answer) { return answer.substr(9, 3); }

const std::string kBearer = "Authorization: Bearer secret-of-admin\r\n";
const std::string kMark = "X-Poise: 1\r\n";

}  // namespace

TEST_CASE("without a token a change needs a header that web pages cannot send") {
  AdminStage stage;
  CHECK(status_of(stage.get("/fine")) == "200");
  CHECK(status_of(stage.post("/change", "x", "")) == "403");
  CHECK(status_of(stage.post("/change", "x", "X-Poise: 0\r\n")) == "403");
  CHECK(status_of(stage.post("/change", "x", kMark)) == "200");
}

TEST_CASE("on loopback a token is needed for changes only, and the header is not enough") {
  AdminStage stage("127.0.0.1:9900", "secret-of-admin");
  CHECK(status_of(stage.get("/fine")) == "200");
  const std::string refused = stage.post("/change", "x", kMark);
  CHECK(status_of(refused) == "401");
  CHECK(refused.find("WWW-Authenticate: Bearer\r\n") != refused.npos);
  CHECK(status_of(stage.post("/change", "x", kBearer)) == "200");
  CHECK(status_of(stage.post("/change", "x", "authorization: bEARER  secret-of-admin\r\n")) ==
        "200");
  for (const std::string wrong :
       {"Bearer secret-of-admi", "Bearer secret-of-admin2", "Bearer", "Bearer ", "secret-of-admin",
        "Basic secret-of-admin", "Bearer Secret-of-admin"}) {
    CHECK(status_of(stage.post("/change", "x", "Authorization: " + wrong + "\r\n")) == "401");
  }
}

TEST_CASE("off loopback reading needs the token too, but for what tells nothing") {
  for (const std::string bind : {":9900", "0.0.0.0:9900", "192.0.2.1:9900", "[2001:db8::1]:9900"}) {
    AdminStage stage(bind, "secret-of-admin");
    CHECK(status_of(stage.get("/fine")) == "401");
    CHECK(status_of(stage.get("/open")) == "200");
    CHECK(status_of(stage.get("/fine", kBearer)) == "200");
    CHECK(status_of(stage.post("/change", "x", kMark)) == "401");
    CHECK(status_of(stage.ask("GET /fine HTTP/1.1\r\nHost: poise.example\r\n" + kBearer +
                              "\r\n")) == "200");
  }
}

TEST_CASE("on loopback a request for a foreign host is refused, whatever it asks") {
  for (const std::string token : {"", "secret-of-admin"}) {
    AdminStage stage("[::1]:9900", token);
    for (const std::string host : {"evil.example", "evil.example:9900", "localhost.evil.example",
                                   "127.0.0.1.evil.example", "evil.localhost"}) {
      INFO(host);
      const std::string as_host = " HTTP/1.1\r\nHost: " + host + "\r\n" + kBearer + kMark + "\r\n";
      CHECK(status_of(stage.ask("GET /fine" + as_host)) == "403");
      CHECK(status_of(stage.ask("GET /open" + as_host)) == "403");
      CHECK(status_of(stage.ask("GET /nothing" + as_host)) == "403");
      CHECK(status_of(stage.ask("POST /change" + as_host)) == "403");
      CHECK(status_of(stage.ask("GET http://" + host + "/fine" + as_host)) == "403");
    }
    for (const std::string host : {"localhost", "LOCALHOST:9900", "127.0.0.1", "127.0.0.1:9900",
                                   "[::1]", "[::1]:9900", "192.0.2.7:1"}) {
      INFO(host);
      CHECK(status_of(stage.ask("GET /fine HTTP/1.1\r\nHost: " + host + "\r\n\r\n")) == "200");
    }
    CHECK(status_of(stage.ask("GET /fine HTTP/1.0\r\n\r\n")) == "200");
  }
}

TEST_CASE("a Unix socket is for this machine, and no browser comes by it") {
  AdminStage stage("unix:/run/poise-admin.sock");
  CHECK(status_of(stage.ask("GET /fine HTTP/1.1\r\nHost: anything\r\n\r\n")) == "200");
  CHECK(status_of(stage.post("/change", "x", "")) == "403");
  CHECK(status_of(stage.post("/change", "x", kMark)) == "200");
}

TEST_CASE("other rules hold for the next request, also on an open connection") {
  AdminStage stage;
  BarePeer& client = stage.client();
  const std::string change =
      "POST /change HTTP/1.1\r\nHost: localhost\r\n" + kMark + "Content-Length: 0\r\n\r\n";
  stage.turned.send(client, change);
  CHECK(status_of(client.received()) == "200");
  client.forget_received();
  stage.door().set_rules(
      admin::AccessRules({net::Address::parse("127.0.0.1:9900"), "secret-of-admin"}));
  stage.turned.send(client, change);
  CHECK(status_of(client.received()) == "401");
}
