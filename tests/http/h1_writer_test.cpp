#include "proxy/http/h1_writer.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "proxy/http/h1_parser.h"

using namespace poise;
using namespace poise::http;

namespace {

std::string text_of(const base::Buffer& buffer) {
  std::array<iovec, 64> slices;
  const std::size_t count = buffer.slices(slices);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text.append(static_cast<const char*>(slices[i].iov_base), slices[i].iov_len);
  }
  return text;
}

std::string written(const RequestHead& head) {
  base::Buffer out;
  write_request_head(out, head);
  return text_of(out);
}

std::string written(const ResponseHead& head, ResponseForm form) {
  base::Buffer out;
  write_response_head(out, head, form);
  return text_of(out);
}

RequestHead request() {
  RequestHead head;
  head.method_text = "POST";
  head.path = "/a";
  head.authority = "example.com";
  return head;
}

ResponseHead response(int status) {
  ResponseHead head;
  head.status = status;
  return head;
}

}  // namespace

TEST_CASE("a request is written from its parts") {
  RequestHead head = request();
  head.has_query = true;
  head.query = "b=c";
  head.framing = Framing::length;
  head.content_length = 12;
  head.expects_continue = true;
  head.fields.add(head.arena, "A", "b");
  CHECK(written(head) ==
        "POST /a?b=c HTTP/1.1\r\nHost: example.com\r\nA: b\r\nContent-Length: 12\r\n"
        "Expect: 100-continue\r\n\r\n");
}

TEST_CASE("a chunked request and an upgrade say so") {
  RequestHead head = request();
  head.framing = Framing::chunked;
  CHECK(written(head) ==
        "POST /a HTTP/1.1\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n");
  RequestHead upgrade = request();
  upgrade.upgrade = Upgrade::requested;
  upgrade.upgrade_protocol = "websocket";
  CHECK(
      written(upgrade) ==
      "POST /a HTTP/1.1\r\nHost: example.com\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
}

TEST_CASE("a response is written in the form its client reads") {
  ResponseHead head = response(200);
  head.framing = Framing::chunked;
  CHECK(written(head, {.framing = Framing::chunked}) ==
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  CHECK(written(head, {.client = Version::http_1_0,
                       .framing = Framing::close,
                       .connection = Connection::close}) ==
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
  head.content_length = 0;
  CHECK(written(head, {.client = Version::http_1_0, .framing = Framing::length}) ==
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

TEST_CASE("a length is told where no body comes, as for HEAD") {
  ResponseHead head = response(200);
  head.has_length = true;
  head.content_length = 5;
  CHECK(written(head, {}) == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("an interim head says nothing of the connection") {
  CHECK(written(response(100), {.connection = Connection::close}) ==
        "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_CASE("a backend's own reason is kept, and an unknown status has an empty one") {
  ResponseHead head = response(299);
  head.reason = "Fine By Me";
  CHECK(written(head, {}) == "HTTP/1.1 299 Fine By Me\r\n\r\n");
  CHECK(written(response(299), {}) == "HTTP/1.1 299 \r\n\r\n");
}

TEST_CASE("a head larger than a block is written whole, and so is one that meets a block's end") {
  for (const std::size_t size : {15'000u, 16'300u, 16'384u, 40'000u}) {
    RequestHead head = request();
    const std::string value(size, 'v');
    head.fields.add(head.arena, "A", value);
    base::Buffer out;
    out.append("before");
    write_request_head(out, head);
    CHECK(text_of(out) ==
          "beforePOST /a HTTP/1.1\r\nHost: example.com\r\nA: " + value + "\r\n\r\n");
  }
}

TEST_CASE("chunks are written with their lines") {
  base::Buffer out;
  write_chunk_line(out, 0x1af);
  CHECK(text_of(out) == "1af\r\n");
  base::Arena arena;
  Fields trailers;
  trailers.add(arena, "A", "b");
  base::Buffer last;
  write_last_chunk(last, trailers);
  CHECK(text_of(last) == "0\r\nA: b\r\n\r\n");
}

TEST_CASE("what is written reads back as it was") {
  RequestHead head = request();
  head.fields.add(head.arena, "A", "b");
  head.fields.add(head.arena, "Empty", "");
  const std::string text = written(head);
  RequestHead read;
  REQUIRE_FALSE(parse_request(text, {}, read));
  CHECK(read.method == Method::post);
  CHECK(read.path == "/a");
  CHECK(read.authority == "example.com");
  REQUIRE(read.fields.size() == 3);
  CHECK(read.fields.all()[2].value.empty());
}
