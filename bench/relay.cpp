// The floor: a one-thread epoll relay that moves bytes and parses nothing. A client connection has
// one backend connection, so a keep-alive request costs two recv and two send and a share of
// epoll_wait, and no proxy built on plain sockets can do with less.
//   poise_bench_relay LISTEN_PORT BACKEND_PORT
// Does not: pool connections, time anything out, log.
#include <array>
#include <csignal>
#include <string>

#include "epoll_server.h"

namespace poise::bench {
namespace {

constexpr std::size_t kScratchBytes = 128 * 1024;
std::array<char, kScratchBytes> scratch;

struct Session;

struct End {
  int fd = -1;
  Session* session = nullptr;
  End* other = nullptr;
  std::uint32_t armed = 0;
  bool finished = false;  // its peer will send nothing more
  std::string unsent;     // taken from `other`, not yet accepted by this socket
};

struct Session {
  End client;
  End backend;
  bool connected = false;
  bool closed = false;
};

class Relay : public EpollServer<Relay, Session> {
 public:
  Relay(int listen_port, int backend_port)
      : EpollServer(listen_port), backend_port_(backend_port) {}

  void on_accepted(int client) {
    const int backend = start_connect(backend_port_);
    if (backend < 0) {
      close(client);
      return;
    }
    auto* session = new Session;
    session->client = End{client, session, &session->backend, 0, false, {}};
    session->backend = End{backend, session, &session->client, EPOLLOUT, false, {}};
    epoll().add(backend, EPOLLOUT, &session->backend);
  }

  void on_event(void* tag, std::uint32_t events) {
    End& end = *static_cast<End*>(tag);
    if (end.session->closed) return;
    if (events & EPOLLERR) return close_session(*end.session);
    if (!end.session->connected) return start_relaying(*end.session);
    if (events & EPOLLOUT) flush(end);
    if (end.session->closed) return;
    // A hang-up on an end that is not read for lack of room is acted upon when there is room.
    if ((events & (EPOLLIN | EPOLLHUP)) && other_has_room(end)) read_from(end);
  }

 private:
  // The client is watched only from here on, so nothing can arrive that cannot be sent on.
  void start_relaying(Session& session) {
    session.connected = true;
    arm(session.backend, EPOLLIN);
    session.client.armed = EPOLLIN;
    epoll().add(session.client.fd, EPOLLIN, &session.client);
  }

  static bool other_has_room(const End& end) { return end.other->unsent.empty(); }

  void read_from(End& end) {
    if (end.finished) return close_session(*end.session);  // EPOLLHUP after both ends finished
    const ssize_t n = recv(end.fd, scratch.data(), scratch.size(), 0);
    if (n > 0) return pass_on(*end.other, static_cast<std::size_t>(n));
    if (n < 0 && would_block()) return;
    if (n < 0) return close_session(*end.session);
    finish(end);
  }

  void pass_on(End& to, std::size_t size) {
    const ssize_t n = send(to.fd, scratch.data(), size, MSG_NOSIGNAL);
    if (n == static_cast<ssize_t>(size)) return;
    if (n < 0 && !would_block()) return close_session(*to.session);
    const std::size_t sent = n < 0 ? 0 : static_cast<std::size_t>(n);
    to.unsent.assign(scratch.data() + sent, size - sent);
    arm(to, to.armed | EPOLLOUT);
    arm(*to.other, to.other->armed & ~std::uint32_t{EPOLLIN});
  }

  void flush(End& to) {
    if (to.unsent.empty()) return;
    const ssize_t n = send(to.fd, to.unsent.data(), to.unsent.size(), MSG_NOSIGNAL);
    if (n < 0 && would_block()) return;
    if (n < 0) return close_session(*to.session);
    to.unsent.erase(0, static_cast<std::size_t>(n));
    if (!to.unsent.empty()) return;
    arm(to, to.armed & ~std::uint32_t{EPOLLOUT});
    if (!to.other->finished) arm(*to.other, to.other->armed | EPOLLIN);
  }

  void finish(End& end) {
    end.finished = true;
    if (end.other->finished) return close_session(*end.session);
    arm(end, end.armed & ~std::uint32_t{EPOLLIN});
    shutdown(end.other->fd, SHUT_WR);
  }

  void arm(End& end, std::uint32_t events) {
    if (end.armed == events) return;
    end.armed = events;
    epoll().change(end.fd, events, &end);
  }

  void close_session(Session& session) {
    session.closed = true;
    close(session.client.fd);
    close(session.backend.fd);
    bury(session);
  }

  int backend_port_;
};

}  // namespace
}  // namespace poise::bench

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s LISTEN_PORT BACKEND_PORT\n", argv[0]);
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  poise::bench::Relay(std::atoi(argv[1]), std::atoi(argv[2])).run();
}
