#include "proxy/explain/question.h"

#include <catch2/catch.hpp>

using namespace poise::explain;

namespace {

std::string head_of(const Words& words) {
  const auto question = read_question(words);
  return question.ok() ? question->head_text() : "fault: " + question.error();
}

std::string fault_of(const Words& words) {
  const auto question = read_question(words);
  return question.ok() ? "" : question.error();
}

}  // namespace

TEST_CASE("a question becomes the request that a client would send") {
  CHECK(head_of({.request = "GET http://a.test/x?y=1"}) ==
        "GET /x?y=1 HTTP/1.1\r\nHost: a.test\r\n\r\n");
  CHECK(head_of({.request = "http://a.test:8080"}) ==
        "GET / HTTP/1.1\r\nHost: a.test:8080\r\n\r\n");
  CHECK(head_of({.request = " POST  https://a.test?q#part "}) ==
        "POST /?q HTTP/1.1\r\nHost: a.test\r\n\r\n");
  CHECK(head_of({.request = "/x", .headers = {"X-A: 1", "host:  b.test ", "X-B:"}}) ==
        "GET /x HTTP/1.1\r\nHost: b.test\r\nX-A: 1\r\nX-B: \r\n\r\n");
}

TEST_CASE(
    "a Host given by hand is sent instead of the URL's, whose port still tells the listener") {
  const auto question =
      read_question({.request = "http://127.0.0.1:8080/", .headers = {"Host: a.test"}});
  REQUIRE(question.ok());
  CHECK(question->head_text() == "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
  CHECK(question->port == 8080);
  CHECK(question->place == "127.0.0.1");
}

TEST_CASE("the port is the URL's, its scheme's, or not said") {
  CHECK(read_question({.request = "http://a.test/"})->port == 80);
  CHECK(read_question({.request = "https://a.test/"})->port == 443);
  CHECK(read_question({.request = "http://[::1]:81/"})->port == 81);
  CHECK(read_question({.request = "/", .headers = {"Host: a.test:82"}})->port == 0);
}

TEST_CASE("a TCP client is an address to connect to, and where it comes from") {
  const auto question = read_question({.request = "tcp 10.0.0.1:5432", .from = "192.0.2.1:77"});
  REQUIRE(question.ok());
  CHECK(question->kind == Question::Kind::tcp);
  CHECK(question->port == 5432);
  CHECK(question->from.text() == "192.0.2.1:77");
  CHECK(read_question({.request = "tcp unix:/run/x.sock"})->place == "unix:/run/x.sock");
}

TEST_CASE("what is no question is refused with what is wrong") {
  CHECK(fault_of({.request = "/x"}) == "'/x' names no host: give a URL, or -H 'Host: NAME'");
  CHECK(fault_of({.request = "a.test/x"}) ==
        "'a.test/x' is neither a URL (http://host/path) nor a path (/path)");
  CHECK(fault_of({.request = "GET / HTTP/1.1"}) ==
        "'GET / HTTP/1.1' must be 'METHOD URL', or a URL alone");
  CHECK(fault_of({.request = "G(T http://a.test/"}) == "'G(T' is not a method");
  CHECK(fault_of({.request = "ftp://a.test/"}) ==
        "the scheme of 'ftp://a.test/' must be http or https");
  CHECK(fault_of({.request = "http:///x"}) == "'' is not a host");
  CHECK(fault_of({.request = "http://a.test:0/"}) == "'a.test:0' is not a host");
  CHECK(fault_of({.request = "http://a.test:99999/"}) == "'a.test:99999' is not a host");
  CHECK(fault_of({.request = "http://me@a.test/"}) == "'me@a.test' is not a host");
  CHECK(fault_of({.request = "http://a.test/\xc3\xa4"}) ==
        "the path of 'http://a.test/\xc3\xa4' may hold visible ASCII only (write others as %XX)");
  CHECK(fault_of({.request = "tcp 10.0.0.1"}) == "'10.0.0.1' must be an address with a port");
  CHECK(fault_of({.request = "http://a.test/", .headers = {"X-A"}}) ==
        "header 'X-A' must be 'Name: value'");
  CHECK(fault_of({.request = "http://a.test/", .headers = {"X A: 1"}}) ==
        "'X A' is not a header's name");
  CHECK(fault_of({.request = "http://a.test/", .headers = {"X-A: 1\r\nX-B: 2"}})
            .ends_with("is not a header's value"));
  CHECK(fault_of({.request = "http://a.test/", .from = "home"}) ==
        "--from must be an IP address, not 'home'");
}
