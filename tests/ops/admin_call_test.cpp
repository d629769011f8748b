// One call to an admin: what it sends, and what becomes of every kind of answer.
#include "proxy/ops/admin_call.h"

#include <catch2/catch.hpp>

#include "tests/ops/call_stage.h"

using namespace poise;
using test::CallStage;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

const std::string kStream =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace

TEST_CASE("a call to an admin proves that no browser made it, and brings its token") {
  CallStage stage;
  stage.target.token = "s3cret";
  stage.call({.target = "/api/v1/explain?url=http%3A%2F%2Fa"});
  const std::string& sent = stage.peer().received();
  CHECK(sent.starts_with("GET /api/v1/explain?url=http%3A%2F%2Fa HTTP/1.1\r\n"));
  CHECK(has(sent, "\r\nHost: " + stage.target.authority + "\r\n"));
  CHECK(has(sent, "\r\nX-Poise: 1\r\n"));
  CHECK(has(sent, "\r\nAuthorization: Bearer s3cret\r\n"));
  CHECK_FALSE(has(sent, "Content-Length"));
}

TEST_CASE("a call without a token names none, and a POST without a body says so") {
  CallStage stage;
  stage.call({.method = "POST", .target = "/api/v1/reload"});
  CHECK_FALSE(has(stage.peer().received(), "Authorization"));
  CHECK(has(stage.peer().received(), "\r\nContent-Length: 0\r\n"));
}

TEST_CASE("an answer is handed on with its status and its type") {
  CallStage stage;
  stage.call({.target = "/"});
  stage.answer(
      "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n"
      "Content-Length: 2\r\n\r\n{}");
  CHECK(stage.answered);
  CHECK(stage.body == "{}");
  CHECK(stage.now().status() == 404);
  CHECK(stage.now().content_type() == "application/json");
}

TEST_CASE("a body larger than what may be under way arrives whole") {
  CallStage stage;
  const std::string body(3'000'000, 'x');
  stage.call({.method = "POST", .target = "/api/v1/plan", .body = body});
  test::BarePeer& far = stage.peer();
  CHECK(stage.turned().comes_true(
      [&] { return far.received().ends_with("xxx") && far.received().size() > body.size(); }));
  stage.answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  CHECK(stage.answered);
}

TEST_CASE("a refusal before the whole body was sent is an answer all the same") {
  CallStage stage;
  stage.call({.method = "POST", .target = "/api/v1/plan", .body = std::string(8'000'000, 'x')});
  stage.peer().set_reading(test::PeerReads::nothing);
  stage.answer("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nlong");
  CHECK(stage.turned().comes_true([&] { return stage.answered; }));
  CHECK(stage.now().status() == 413);
  CHECK(stage.body == "long");
}

TEST_CASE("the pieces of a stream arrive before it ends, and silence ends it") {
  CallStage stage;
  stage.call({.target = "/api/v1/events"}, std::chrono::seconds(5));
  stage.answer(kStream + "4\r\ndata\r\n");
  CHECK(stage.body == "data");
  stage.turned().pass_time(std::chrono::seconds(4));
  stage.turned().send(stage.peer(), "1\r\n!\r\n");
  stage.turned().pass_time(std::chrono::seconds(4));
  CHECK_FALSE(stage.failure);
  stage.turned().pass_time(std::chrono::seconds(2));
  CHECK(stage.failure == "no answer in time");
}

TEST_CASE("an answer that breaks off is a failure, and names what was seen") {
  CallStage stage;
  stage.call({.target = "/"});
  stage.answer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
  stage.peer().close();
  CHECK(stage.turned().comes_true([&] { return stage.failure.has_value(); }));
  CHECK(has(*stage.failure, "closed within the response"));
  CHECK_FALSE(stage.answered);
}

TEST_CASE("whoever hangs up hears nothing more, and the admin sees it") {
  CallStage stage;
  stage.call({.target = "/api/v1/events"});
  stage.answer(kStream);
  stage.hang_up();
  CHECK(stage.turned().comes_true([&] { return stage.peer().is_over(); }));
  CHECK_FALSE(stage.failure);
}
