// A fixed origin: one thread, canned answers, cheaper than any proxy before it.
//   poise_bench_origin PORT
// GET /36 /1k /64k /1m answer that many bytes, /bytes/N streams N, /healthz and / answer 36.
// A request body (Content-Length only) is thrown away and answered with 36 bytes.
// Does not: read chunked bodies (411), check anything it does not need, time out.
#include <strings.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <string>
#include <string_view>

#include "epoll_server.h"

namespace poise::bench {
namespace {

constexpr std::size_t kBlockBytes = 1024 * 1024;
const std::string block(kBlockBytes, 'x');
std::array<char, 64 * 1024> scratch;

std::string make_head(const char* status, std::uint64_t length, bool close_after) {
  return std::string("HTTP/1.1 ") + status +
         "\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(length) +
         (close_after ? "\r\nConnection: close" : "") + "\r\n\r\n";
}

struct Canned {
  std::string_view path;
  std::string kept;    // the whole answer on a connection that stays
  std::string closed;  // the same where the request said `Connection: close`
};

Canned make_canned(std::string_view path, std::size_t size) {
  const std::string_view body = std::string_view(block).substr(0, size);
  return {path, make_head("200 OK", size, false).append(body),
          make_head("200 OK", size, true).append(body)};
}

const std::array<Canned, 6> canned{make_canned("/36", 36),         make_canned("/1k", 1024),
                                   make_canned("/64k", 64 * 1024), make_canned("/1m", kBlockBytes),
                                   make_canned("/", 36),           make_canned("/healthz", 36)};

struct Connection {
  int fd = -1;
  std::string head;             // an unfinished request head
  std::uint64_t body_left = 0;  // of a request body still to be thrown away
  std::string_view answer;      // being sent
  std::string own_head;         // what `answer` looks at when it is not canned
  std::uint64_t stream_left = 0;
  bool close_after = false;
  bool blocked = false;
  bool closed = false;
};

struct Request {
  std::string_view path;
  std::uint64_t length = 0;
  bool close_after = false;
  bool chunked = false;
};

bool starts_with(std::string_view line, std::string_view lower) {
  return line.size() >= lower.size() && strncasecmp(line.data(), lower.data(), lower.size()) == 0;
}

void read_field(std::string_view line, Request& request) {
  if (starts_with(line, "content-length:"))
    request.length = std::strtoull(line.data() + 15, nullptr, 10);
  else if (starts_with(line, "connection: close"))
    request.close_after = true;
  else if (starts_with(line, "transfer-encoding:"))
    request.chunked = true;
}

// `head` ends with the empty line, so every field ends with CRLF.
Request read_request(std::string_view head) {
  Request request;
  std::size_t end = head.find("\r\n");
  const std::string_view first = head.substr(0, end);
  const std::size_t space = std::min(first.find(' '), first.size() - 1);
  request.path = first.substr(space + 1, first.find(' ', space + 1) - space - 1);
  while (end + 4 < head.size()) {
    const std::size_t start = end + 2;
    end = head.find("\r\n", start);
    const char initial = head[start];
    if (initial == 'C' || initial == 'c' || initial == 'T' || initial == 't')
      read_field(head.substr(start, end - start), request);
  }
  return request;
}

void answer_with_head(Connection& connection, const char* status, std::uint64_t stream) {
  connection.own_head = make_head(status, stream, connection.close_after);
  connection.answer = connection.own_head;
  connection.stream_left = stream;
}

void choose_answer(Connection& connection, const Request& request) {
  if (request.chunked) {
    connection.close_after = true;
    return answer_with_head(connection, "411 Length Required", 0);
  }
  if (request.length > 0) {
    connection.answer = request.close_after ? canned[0].closed : canned[0].kept;
    return;
  }
  if (request.path.starts_with("/bytes/"))
    return answer_with_head(connection, "200 OK",
                            std::strtoull(request.path.data() + 7, nullptr, 10));
  for (const Canned& one : canned) {
    if (one.path != request.path) continue;
    connection.answer = request.close_after ? one.closed : one.kept;
    return;
  }
  answer_with_head(connection, "404 Not Found", 0);
}

class Origin : public EpollServer<Origin, Connection> {
 public:
  explicit Origin(int port) : EpollServer(port) {}

  void on_accepted(int fd) {
    auto* connection = new Connection;
    connection->fd = fd;
    epoll().add(fd, EPOLLIN, connection);
  }

  void on_event(void* tag, std::uint32_t events) {
    Connection& connection = *static_cast<Connection*>(tag);
    if (connection.closed) return;
    if (events & (EPOLLERR | EPOLLHUP)) return close_connection(connection);
    if (events & EPOLLOUT) return send_answer(connection);
    if (connection.body_left > 0) return discard_body(connection);
    read_heads(connection);
  }

 private:
  // MSG_TRUNC throws TCP bytes away inside the kernel: no copy, so uploads stay cheap here.
  void discard_body(Connection& connection) {
    const std::size_t want = std::min<std::uint64_t>(connection.body_left, kBlockBytes);
    const ssize_t n = recv(connection.fd, scratch.data(), want, MSG_TRUNC);
    if (n < 0 && would_block()) return;
    if (n <= 0) return close_connection(connection);
    connection.body_left -= static_cast<std::uint64_t>(n);
    if (connection.body_left == 0) send_answer(connection);
  }

  void read_heads(Connection& connection) {
    const ssize_t n = recv(connection.fd, scratch.data(), scratch.size(), 0);
    if (n < 0 && would_block()) return;
    if (n <= 0) return close_connection(connection);
    std::string_view bytes(scratch.data(), static_cast<std::size_t>(n));
    std::string joined;
    if (!connection.head.empty()) {
      joined = std::move(connection.head.append(bytes));
      connection.head.clear();
      bytes = joined;
    }
    consume(connection, bytes);
  }

  // Pipelined requests wait in `head` while an answer is blocked.
  void consume(Connection& connection, std::string_view bytes) {
    while (!bytes.empty() && !connection.closed) {
      const std::size_t end = connection.blocked ? std::string_view::npos : bytes.find("\r\n\r\n");
      if (end == std::string_view::npos) {
        connection.head.assign(bytes);
        return;
      }
      const Request request = read_request(bytes.substr(0, end + 4));
      bytes.remove_prefix(end + 4);
      connection.close_after = request.close_after;
      choose_answer(connection, request);
      const std::uint64_t here =
          request.chunked ? 0 : std::min<std::uint64_t>(request.length, bytes.size());
      bytes.remove_prefix(here);
      connection.body_left = request.chunked ? 0 : request.length - here;
      if (connection.body_left > 0) return;
      send_answer(connection);
    }
  }

  void send_answer(Connection& connection) {
    while (!connection.answer.empty()) {
      const int more = connection.stream_left > 0 ? MSG_MORE : 0;
      const ssize_t n = send(connection.fd, connection.answer.data(), connection.answer.size(),
                             MSG_NOSIGNAL | more);
      if (n < 0) return block_or_close(connection);
      connection.answer.remove_prefix(static_cast<std::size_t>(n));
      if (connection.answer.empty() && connection.stream_left > 0) {
        connection.answer = std::string_view(block).substr(
            0, std::min<std::uint64_t>(connection.stream_left, kBlockBytes));
        connection.stream_left -= connection.answer.size();
      }
    }
    if (connection.close_after) return close_connection(connection);
    if (connection.blocked) resume(connection);
  }

  void block_or_close(Connection& connection) {
    if (!would_block()) return close_connection(connection);
    if (connection.blocked) return;
    connection.blocked = true;
    epoll().change(connection.fd, EPOLLOUT, &connection);
  }

  void resume(Connection& connection) {
    connection.blocked = false;
    epoll().change(connection.fd, EPOLLIN, &connection);
    const std::string waiting = std::move(connection.head);
    connection.head.clear();
    consume(connection, waiting);
  }

  void close_connection(Connection& connection) {
    connection.closed = true;
    close(connection.fd);
    bury(connection);
  }
};

}  // namespace
}  // namespace poise::bench

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s PORT\n", argv[0]);
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  poise::bench::Origin(std::atoi(argv[1])).run();
}
