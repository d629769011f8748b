#include "proxy/http/h1_writer.h"

#include <array>
#include <charconv>
#include <cstring>

namespace poise::http {
namespace {

// The usual head fits into the block at hand and is written through a bare pointer; a larger one
// goes piece by piece.
class HereWriter {
 public:
  explicit HereWriter(char* place) : start_(place), next_(place) {}
  // Inlined, so that a literal's copy becomes a store or two.
  [[gnu::always_inline]] void operator()(std::string_view text) {
    if (text.empty()) return;  // memcpy from a null view is undefined, even of nothing
    std::memcpy(next_, text.data(), text.size());
    next_ += text.size();
  }
  std::size_t written() const { return static_cast<std::size_t>(next_ - start_); }

 private:
  char* start_;
  char* next_;
};

class PieceWriter {
 public:
  explicit PieceWriter(base::Buffer& out) : out_(out) {}
  void operator()(std::string_view text) { out_.append(text); }

 private:
  base::Buffer& out_;
};

constexpr std::size_t kFixedText = 256;  // more than all the literal text of any head below

std::size_t upper_bound(const Fields& fields) {
  std::size_t size = kFixedText;
  for (const Field& field : fields.all()) size += field.name.size() + field.value.size() + 4;
  return size;
}

template <class Compose>
void write_bounded(base::Buffer& out, std::size_t bound, Compose compose) {
  const std::span<char> room = out.room();
  if (room.size() < bound) {
    PieceWriter writer(out);
    compose(writer);
    return;
  }
  HereWriter writer(room.data());
  compose(writer);
  out.commit(writer.written());
}

class Number {
 public:
  explicit Number(base::ByteCount value, int base = 10)
      : end_(std::to_chars(digits_.data(), digits_.data() + digits_.size(), value, base).ptr) {}
  std::string_view text() const {
    return {digits_.data(), static_cast<std::size_t>(end_ - digits_.data())};
  }

 private:
  std::array<char, 24> digits_;
  char* end_;
};

// Fields often stand in the received text just as they are to be written, one behind the other;
// what is between them is looked at, so that nothing but canonical lines is ever copied.
bool is_canonical(const Field& field) {
  const char* const colon = field.name.data() + field.name.size();
  return field.value.data() == colon + 2 && colon[0] == ':' && colon[1] == ' ';
}
bool is_followed_by(const Field& field, const Field& next) {
  const char* const line_end = field.value.data() + field.value.size();
  return next.name.data() == line_end + 2 && line_end[0] == '\r' && line_end[1] == '\n';
}

// From the first name to the last value of the fields from `at` on that stand in one piece; `at`
// moves behind them. Requires: the field at `at` is canonical.
std::string_view take_run(std::span<const Field> fields, std::size_t& at) {
  const char* const begin = fields[at].name.data();
  while (at + 1 < fields.size() && is_followed_by(fields[at], fields[at + 1]) &&
         is_canonical(fields[at + 1])) {
    ++at;
  }
  const std::string_view last = fields[at++].value;
  return {begin, static_cast<std::size_t>(last.data() + last.size() - begin)};
}

template <class Writer>
void write_fields(Writer& write, const Fields& fields) {
  const std::span<const Field> all = fields.all();
  for (std::size_t at = 0; at < all.size();) {
    if (is_canonical(all[at])) {
      write(take_run(all, at));
    } else {
      write(all[at].name);
      write(": ");
      write(all[at++].value);
    }
    write("\r\n");
  }
}

template <class Writer, class Head>
void write_upgrade(Writer& write, const Head& head) {
  write("Connection: upgrade\r\nUpgrade: ");
  write(head.upgrade_protocol);
  write("\r\n");
}

template <class Writer>
void write_length(Writer& write, base::ByteCount length) {
  write("Content-Length: ");
  write(Number(length).text());
  write("\r\n");
}

template <class Writer>
void compose_request(Writer& write, const RequestHead& head) {
  write(head.method_text);
  write(" ");
  write(head.path);
  if (head.has_query) {
    write("?");
    write(head.query);
  }
  write(" HTTP/1.1\r\nHost: ");
  write(head.authority);
  write("\r\n");
  write_fields(write, head.fields);
  if (head.framing == Framing::length) write_length(write, head.content_length);
  if (head.framing == Framing::chunked) write("Transfer-Encoding: chunked\r\n");
  if (head.expects_continue) write("Expect: 100-continue\r\n");
  if (head.upgrade == Upgrade::requested) write_upgrade(write, head);
  write("\r\n");
}

template <class Writer>
void write_connection(Writer& write, ResponseForm form) {
  if (form.connection == Connection::close) {
    write("Connection: close\r\n");
  } else if (form.client == Version::http_1_0) {
    write("Connection: keep-alive\r\n");
  }
}

template <class Writer>
void compose_response(Writer& write, const ResponseHead& head, ResponseForm form) {
  write("HTTP/1.1 ");
  write(Number(static_cast<base::ByteCount>(head.status)).text());
  write(" ");
  write(head.reason.empty() ? reason_of(head.status) : head.reason);
  write("\r\n");
  write_fields(write, head.fields);
  if (form.framing == Framing::length || (form.framing == Framing::none && head.has_length)) {
    write_length(write, head.content_length);
  }
  if (form.framing == Framing::chunked) write("Transfer-Encoding: chunked\r\n");
  if (head.upgrade == Upgrade::requested) {
    write_upgrade(write, head);
  } else if (!head.is_interim()) {
    write_connection(write, form);
  }
  write("\r\n");
}

}  // namespace

void write_request_head(base::Buffer& out, const RequestHead& head) {
  const std::size_t bound = upper_bound(head.fields) + head.method_text.size() + head.path.size() +
                            head.query.size() + head.authority.size() +
                            head.upgrade_protocol.size();
  write_bounded(out, bound, [&](auto& write) { compose_request(write, head); });
}

void write_response_head(base::Buffer& out, const ResponseHead& head, ResponseForm form) {
  const std::size_t bound =
      upper_bound(head.fields) + head.reason.size() + head.upgrade_protocol.size();
  write_bounded(out, bound, [&](auto& write) { compose_response(write, head, form); });
}

void write_chunk_line(base::Buffer& out, std::size_t size) {
  out.append(Number(size, 16).text());
  out.append("\r\n");
}

void write_last_chunk(base::Buffer& out, const Fields& trailers) {
  out.append("0\r\n");
  PieceWriter writer(out);
  write_fields(writer, trailers);
  out.append("\r\n");
}

std::string_view reason_of(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 103:
      return "Early Hints";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

}  // namespace poise::http
