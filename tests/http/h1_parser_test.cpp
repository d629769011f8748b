#include "proxy/http/h1_parser.h"

#include <catch2/catch.hpp>
#include <string>

using namespace poise;
using namespace poise::http;
using base::Cause;
using base::Error;
using Found = HeadScan::Found;

namespace {

HeadScan scan(std::string_view text) {
  std::size_t looked_at = 0;
  return scan_head(text, looked_at);
}

// A request whose text outlives its head.
struct Request {
  explicit Request(std::string received, const LimitsConfig& limits = {})
      : text(std::move(received)), error(parse_request(text, limits, head)) {}
  std::string text;
  RequestHead head;
  Error error;
};

struct Response {
  explicit Response(std::string received, ResponseExpectation expectation = {},
                    const ResponseLimits& limits = {})
      : text(std::move(received)), error(parse_response(text, limits, expectation, head)) {}
  std::string text;
  ResponseHead head;
  Error error;
};

std::string get(const std::string& fields, const std::string& line = "GET / HTTP/1.1") {
  return line + "\r\nHost: a\r\n" + fields + "\r\n";
}

Cause cause_of(const std::string& text) { return Request(text).error.cause; }
int status_of_refusal(const std::string& text) { return base::status_of(Request(text).error); }
Cause response_cause(const std::string& text) { return Response(text).error.cause; }

std::string answer(const std::string& fields, const std::string& line = "HTTP/1.1 200 OK") {
  return line + "\r\n" + fields + "\r\n";
}

}  // namespace

// ---- where a head ends
// ---------------------------------------------------------------------------

TEST_CASE("no control character but a tab within a line stands in a head") {
  const std::string head = "HTTP/1.1 200 OK\r\nServer: a name of some length\r\nB: c\r\n\r\n";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_control = (byte < 0x20 && c != '\t') || byte == 0x7f;
    for (std::size_t at = 1; at < head.size() - 2; ++at) {
      // Behind the end of a line stands what the next test is about.
      if (head[at] == '\r' || head[at] == '\n' || head[at - 1] == '\n') continue;
      std::string text = head;
      text[at] = c;
      INFO(byte << " at " << at);
      CHECK((scan(text).found == Found::broken) == is_control);
    }
  }
}

TEST_CASE("a head is complete at its empty line, and what follows does not matter") {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const std::string rest : {"", "x", "\n", "\r\n\r\n", "GET"}) {
    const HeadScan found = scan(head + rest);
    CHECK(found.found == Found::complete);
    CHECK(found.length == head.size());
  }
  for (std::size_t i = 0; i < head.size(); ++i) {
    INFO(i);
    CHECK(scan(head.substr(0, i)).found == Found::incomplete);
  }
}

TEST_CASE("a head that comes byte by byte ends at the same place") {
  const std::string text = "GET / HTTP/1.1\r\nA: b\r\n\r\nGET";
  std::size_t looked_at = 0;
  for (std::size_t i = 1; i < 24; ++i) {
    REQUIRE(scan_head(std::string_view(text).substr(0, i), looked_at).found == Found::incomplete);
  }
  const HeadScan found = scan_head(std::string_view(text).substr(0, 24), looked_at);
  CHECK(found.found == Found::complete);
  CHECK(found.length == 24);
}

TEST_CASE("a line that ends in LF alone, or has a CR within, is broken") {
  for (const std::string text :
       {"GET / HTTP/1.1\n", "GET / HTTP/1.1\r\nA: b\n", "GET / HTTP/1.1\r\nA: b\rc\r\n", "\n",
        "GET / HTTP/1.1\r\n\n", "GET / HTTP/1.1\r\r\n", "GET / HTTP/1.1\r\nA: b\r\n\r\r\n"}) {
    CHECK(scan(text).found == Found::broken);
  }
}

// ---- requests
// ------------------------------------------------------------------------------------

TEST_CASE("a request line is taken apart") {
  const Request request(get("", "PUT /a/b?c=d&e HTTP/1.1"));
  REQUIRE_FALSE(request.error);
  CHECK(request.head.method == Method::put);
  CHECK(request.head.method_text == "PUT");
  CHECK(request.head.path == "/a/b");
  CHECK(request.head.has_query);
  CHECK(request.head.query == "c=d&e");
  CHECK(request.head.authority == "a");
  CHECK(request.head.version == Version::http_1_1);
  CHECK(request.head.framing == Framing::none);
  CHECK_FALSE(request.head.closes);
}

TEST_CASE("an empty query is not the same as none") {
  CHECK(Request(get("", "GET /a? HTTP/1.1")).head.has_query);
  CHECK_FALSE(Request(get("", "GET /a HTTP/1.1")).head.has_query);
}

TEST_CASE("a target in absolute form gives host and path") {
  const Request request("GET HTTP://Example.COM:81?x HTTP/1.1\r\nHost: example.com:81\r\n\r\n");
  REQUIRE_FALSE(request.error);
  CHECK(request.head.authority == "example.com:81");
  CHECK(request.head.path == "/");
  CHECK(request.head.query == "x");
}

TEST_CASE("a target and a Host that disagree are refused") {
  CHECK(cause_of("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n") == Cause::request_malformed);
  CHECK(cause_of("GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n") == Cause::request_malformed);
  CHECK(cause_of("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n") == Cause::request_malformed);
}

TEST_CASE("a host is required of HTTP/1.1, once, and well formed") {
  CHECK(cause_of("GET / HTTP/1.1\r\n\r\n") == Cause::request_malformed);
  CHECK(cause_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == Cause::request_malformed);
  CHECK(cause_of("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n") == Cause::request_malformed);
  CHECK(cause_of("GET / HTTP/1.1\r\nHost:\r\n\r\n") == Cause::request_malformed);
  CHECK(cause_of("GET / HTTP/1.0\r\n\r\n") == Cause::none);
}

TEST_CASE("the star is for OPTIONS, and CONNECT is not offered") {
  CHECK(cause_of(get("", "OPTIONS * HTTP/1.1")) == Cause::none);
  CHECK(cause_of(get("", "GET * HTTP/1.1")) == Cause::request_malformed);
  CHECK(status_of_refusal("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n") == 405);
}

TEST_CASE("a request line with anything but one space twice is refused") {
  for (const std::string line :
       {"GET  / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1",
        "GET\t/ HTTP/1.1", "GET /\tHTTP/1.1", "GET / a HTTP/1.1", "GET /", "GET", "GET / ",
        "GET / HTTP/1.1x", "GET a HTTP/1.1", "GET ?a HTTP/1.1", "GET /a#b HTTP/1.1",
        "GET / http/1.1", "GET / HTTP/11", "GET / HTTP/1.1.1", "GET ftp://a/ HTTP/1.1"}) {
    INFO(line);
    CHECK(Request(get("", line)).error.cause == Cause::request_malformed);
  }
}

TEST_CASE("other versions than 1.0 and 1.1 are refused") {
  for (const std::string version : {"0.9", "1.2", "2.0", "9.9"}) {
    INFO(version);
    CHECK(Request(get("", "GET / HTTP/" + version)).error.cause == Cause::request_malformed);
  }
}

TEST_CASE("an unknown method is not implemented, a senseless one is malformed") {
  CHECK(status_of_refusal(get("", "BREW / HTTP/1.1")) == 501);
  CHECK(status_of_refusal(get("", "G@T / HTTP/1.1")) == 400);
}

// As a connection does it: the scan for the head's end already refuses some.
bool is_refused(const std::string& text) {
  return scan(text).found != Found::complete || cause_of(text) != Cause::none;
}

TEST_CASE("field lines that parsers read differently are refused") {
  for (const std::string line : {"A : b\r\n", " A: b\r\n", "A\r\n", ": b\r\n", "A b: c\r\n",
                                 "A: b\r\n c\r\n", "A: b\x01\r\n", "A\x7f: b\r\n", "A: b\x7f\r\n",
                                 "A\xc3: b\r\n", "A: \r\n b\r\n", "\t\r\n"}) {
    INFO(line);
    CHECK(is_refused(get(line)));
  }
  CHECK(is_refused(get(std::string("A: b\0c\r\n", 9))));
}

TEST_CASE("fields come trimmed, in order and with ids") {
  const Request request(get("A:b\r\nCookie: \t c d \t\r\nEmpty:\r\nA: \xc3\xa4\r\n"));
  REQUIRE_FALSE(request.error);
  const auto fields = request.head.fields.all();
  REQUIRE(fields.size() == 5);
  CHECK(fields[1].name == "A");
  CHECK(fields[1].value == "b");
  CHECK(fields[2].value == "c d");
  CHECK(fields[2].id == FieldId::cookie);
  CHECK(fields[3].value.empty());
  CHECK(fields[4].value == "\xc3\xa4");
}

// ---- where a request ends
// ------------------------------------------------------------------------

TEST_CASE("a body is framed by length or by chunks") {
  const Request length(get("Content-Length: 12\r\n"));
  CHECK(length.head.framing == Framing::length);
  CHECK(length.head.content_length == 12);
  const Request chunked(get("Transfer-Encoding: Chunked\r\n"));
  REQUIRE_FALSE(chunked.error);
  CHECK(chunked.head.framing == Framing::chunked);
}

TEST_CASE("framing that two parsers could read in two ways is smuggling") {
  for (const std::string fields : {"Content-Length: 1\r\nContent-Length: 1\r\n",
                                   "Content-Length: 1\r\nContent-Length: 2\r\n",
                                   "Content-Length: 1, 1\r\n",
                                   "Content-Length: +1\r\n",
                                   "Content-Length: -1\r\n",
                                   "Content-Length: 0x1\r\n",
                                   "Content-Length: 1 1\r\n",
                                   "Content-Length:\r\n",
                                   "Content-Length: 99999999999999999999\r\n",
                                   "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                                   "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
                                   "Transfer-Encoding: gzip, chunked\r\n",
                                   "Transfer-Encoding: chunked, identity\r\n",
                                   "Transfer-Encoding: identity\r\n",
                                   "Transfer-Encoding: xchunked\r\n",
                                   "Transfer-Encoding:\r\n",
                                   "Transfer-Encoding: \"chunked\"\r\n",
                                   "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                                   "Transfer-Encoding: chunked, chunked\r\n",
                                   "Transfer-Encoding: chunked;a=b\r\n"}) {
    INFO(fields);
    CHECK(cause_of(get(fields, "POST / HTTP/1.1")) == Cause::request_smuggling);
  }
  CHECK(cause_of(get("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0")) ==
        Cause::request_smuggling);
}

TEST_CASE("limits are answered by the status they have") {
  LimitsConfig limits;
  limits.uri_bytes = 10;
  limits.headers = 3;
  limits.body_bytes = 100;
  const auto status = [&](const std::string& text) {
    const Request request(text, limits);
    return request.error ? base::status_of(request.error) : 0;
  };
  CHECK(status(get("", "GET /123456789 HTTP/1.1")) == 0);
  CHECK(status(get("", "GET /1234567890 HTTP/1.1")) == 414);
  CHECK(status(get("A: b\r\nC: d\r\n")) == 0);
  CHECK(status(get("A: b\r\nC: d\r\nE: f\r\n")) == 431);
  CHECK(status(get("Content-Length: 100\r\n")) == 0);
  CHECK(status(get("Content-Length: 101\r\n")) == 413);
}

// ---- what a request asks of its connection
// -------------------------------------------------------

TEST_CASE("the connection closes when asked to, and after HTTP/1.0 unless kept") {
  CHECK(Request(get("Connection: a, Close\r\n")).head.closes);
  CHECK_FALSE(Request(get("Connection: keep-alive\r\n")).head.closes);
  CHECK(Request(get("", "GET / HTTP/1.0")).head.closes);
  CHECK_FALSE(Request(get("Connection: keep-alive\r\n", "GET / HTTP/1.0")).head.closes);
  CHECK(Request(get("Connection: keep-alive\r\nConnection: close\r\n")).head.closes);
}

TEST_CASE("an upgrade needs both fields, no body and a protocol that may be tunnelled") {
  const auto upgrade = [](const std::string& fields, const std::string& line = "GET / HTTP/1.1") {
    return Request(get(fields, line)).head.upgrade;
  };
  CHECK(upgrade("Connection: Upgrade\r\nUpgrade: websocket\r\n") == Upgrade::requested);
  CHECK(upgrade("Upgrade: websocket\r\n") == Upgrade::none);
  CHECK(upgrade("Connection: upgrade\r\n") == Upgrade::none);
  CHECK(upgrade("Connection: upgrade\r\nUpgrade: h2c\r\n") == Upgrade::none);
  CHECK(upgrade("Connection: upgrade\r\nUpgrade: websocket, h2c\r\n") == Upgrade::none);
  CHECK(upgrade("Connection: upgrade\r\nUpgrade: TLS/1.0\r\n") == Upgrade::none);
  CHECK(upgrade("Connection: upgrade\r\nUpgrade: websocket\r\n", "GET / HTTP/1.0") ==
        Upgrade::none);
  CHECK(upgrade("Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n") ==
        Upgrade::none);
}

TEST_CASE("only 100-continue may be expected, and only of a request with a body") {
  CHECK(Request(get("Expect: 100-Continue\r\nContent-Length: 1\r\n")).head.expects_continue);
  CHECK_FALSE(Request(get("Expect: 100-continue\r\n")).head.expects_continue);
  CHECK(status_of_refusal(get("Expect: miracles\r\n")) == 417);
}

// ---- responses
// -----------------------------------------------------------------------------------

TEST_CASE("a status line is taken apart, with or without a reason") {
  const Response full(answer("Content-Length: 3\r\n", "HTTP/1.1 404 Not  Found"));
  REQUIRE_FALSE(full.error);
  CHECK(full.head.status == 404);
  CHECK(full.head.reason == "Not  Found");
  CHECK(full.head.framing == Framing::length);
  CHECK(full.head.content_length == 3);
  for (const std::string line : {"HTTP/1.1 200", "HTTP/1.1 200 "}) {
    INFO(line);
    CHECK(Response(answer("", line)).head.status == 200);
  }
}

TEST_CASE("a malformed status line is refused") {
  for (const std::string line :
       {"HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 OK", "HTTP/1.1 600 OK",
        "HTTP/2.0 200 OK", "HTTP/1.2 200 OK", "HTTP/1.1  200 OK", "HTTP/1.1 200\tOK",
        "HTTP/1.1 +20 OK", "ICY 200 OK", "http/1.1 200 OK", "HTTP/1.1 2 0 OK"}) {
    INFO(line);
    CHECK(response_cause(answer("", line)) == Cause::response_malformed);
  }
}

TEST_CASE("a response without a length ends with its connection") {
  const Response response(answer(""));
  REQUIRE_FALSE(response.error);
  CHECK(response.head.framing == Framing::close);
}

TEST_CASE("the answer to HEAD and 304 have no body, and keep the length they tell") {
  const Response head(answer("Content-Length: 5\r\n"), {.method = Method::head});
  CHECK(head.head.framing == Framing::none);
  CHECK(head.head.has_length);
  CHECK(head.head.content_length == 5);
  CHECK(Response(answer("Content-Length: 5\r\n", "HTTP/1.1 304 Not Modified")).head.framing ==
        Framing::none);
  CHECK(Response(answer("Transfer-Encoding: chunked\r\n"), {.method = Method::head}).head.framing ==
        Framing::none);
}

TEST_CASE("a body where none may be, and framing that is not clear, are refused") {
  CHECK(response_cause(answer("Content-Length: 5\r\n", "HTTP/1.1 204 No Content")) ==
        Cause::response_malformed);
  CHECK(response_cause(answer("Content-Length: 0\r\n", "HTTP/1.1 204 No Content")) == Cause::none);
  for (const std::string fields :
       {"Content-Length: 1\r\nContent-Length: 1\r\n", "Content-Length: x\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "A: b\r\n c\r\n",
        "A : b\r\n"}) {
    INFO(fields);
    CHECK(response_cause(answer(fields)) == Cause::response_malformed);
  }
  CHECK(response_cause(answer("Transfer-Encoding: chunked\r\n", "HTTP/1.0 200 OK")) ==
        Cause::response_malformed);
}

TEST_CASE("101 is an answer only to a request for an upgrade") {
  const std::string switching =
      answer("Connection: upgrade\r\nUpgrade: websocket\r\n", "HTTP/1.1 101 Switching Protocols");
  CHECK(response_cause(switching) == Cause::response_malformed);
  const Response wanted(switching, {.upgrade = Upgrade::requested});
  REQUIRE_FALSE(wanted.error);
  CHECK(wanted.head.upgrade == Upgrade::requested);
  CHECK(wanted.head.upgrade_protocol == "websocket");
  CHECK(Response(answer("", "HTTP/1.1 101 Switching"), {.upgrade = Upgrade::requested}).error);
}

TEST_CASE("interim heads are told from the final one") {
  CHECK(Response(answer("", "HTTP/1.1 100 Continue")).head.is_interim());
  CHECK(Response(answer("", "HTTP/1.1 103 Early Hints")).head.is_interim());
  CHECK_FALSE(Response(answer("")).head.is_interim());
}

TEST_CASE("a response with too many fields is too large") {
  std::string fields;
  for (int i = 0; i < 257; ++i) fields += "A: b\r\n";
  CHECK(response_cause(answer(fields)) == Cause::response_too_large);
}

TEST_CASE("what a backend promises in Keep-Alive is read, and nonsense is not") {
  using std::chrono::seconds;
  const auto promised = [](const std::string& value) {
    return Response(answer("Keep-Alive: " + value + "\r\n")).head.keep_alive_timeout;
  };
  CHECK(promised("timeout=5, max=100") == seconds(5));
  CHECK(promised("max=100,Timeout=7") == seconds(7));
  CHECK(promised("timeout=x") == seconds(0));
  CHECK(promised("timeout=-5") == seconds(0));
  CHECK(promised("timeout=99999999999") == seconds(86400));
}
