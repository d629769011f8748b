#include "proxy/net/listener.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "proxy/base/check.h"
#include "proxy/net/keep_alive.h"

namespace poise::net {
namespace {

constexpr int kAcceptsPerEvent = 16;  // then the clients already here get their turn
constexpr int kBacklog = 4096;
constexpr base::Duration kRetryAccept = std::chrono::milliseconds(50);

void enable(int fd, int level, int option) {
  const int on = 1;
  (void)::setsockopt(fd, level, option, &on, sizeof on);
}

// A socket file nobody listens on any more would block the address for ever.
void remove_stale_unix_socket(const Address& address) {
  const char* path = reinterpret_cast<const sockaddr_un*>(address.get())->sun_path;
  struct stat info {};
  if (::stat(path, &info) != 0 || !S_ISSOCK(info.st_mode)) return;
  const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(probe.get(), address.get(), address.length()) != 0 && errno == ECONNREFUSED) {
    (void)::unlink(path);
  }
}

void allow_v4_beside_v6(int fd, const Address& address) {
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address.get());
  const int only_v6 = IN6_IS_ADDR_UNSPECIFIED(&v6->sin6_addr) ? 0 : 1;
  (void)::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_v6, sizeof only_v6);
}

void set_options(int fd, const Address& address) {
  if (address.is_unix()) return;
  enable(fd, SOL_SOCKET, SO_REUSEADDR);
  enable(fd, SOL_SOCKET, SO_REUSEPORT);
  // Accepted sockets inherit these, which saves calls on each of them.
  enable(fd, IPPROTO_TCP, TCP_NODELAY);
  watch_for_vanished_peer(fd);
  if (address.family() == AF_INET6) allow_v4_beside_v6(fd, address);
}

bool means_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

// SO_REUSEPORT would share the port with any other process of the same user without a word.
bool is_taken(const Address& address) {
  if (address.is_unix() || address.port() == 0) return false;
  const Fd probe(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!probe) return false;
  enable(probe.get(), SOL_SOCKET, SO_REUSEADDR);
  if (address.family() == AF_INET6) allow_v4_beside_v6(probe.get(), address);
  return ::bind(probe.get(), address.get(), address.length()) != 0 && errno == EADDRINUSE;
}

base::Result<BoundSocket, int> bind_to(const Address& address) {
  Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return base::Failure{errno};
  if (address.is_unix()) remove_stale_unix_socket(address);
  set_options(fd.get(), address);
  if (::bind(fd.get(), address.get(), address.length()) != 0) return base::Failure{errno};
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &length) != 0) {
    return base::Failure{errno};
  }
  return BoundSocket{std::move(fd), Address(reinterpret_cast<sockaddr*>(&bound), length)};
}

int start_listening(int fd) { return ::listen(fd, kBacklog) == 0 ? 0 : errno; }

base::Result<BoundSocket, int> listen_on(const Address& address) {
  auto socket = bind_to(address);
  if (!socket) return socket;
  if (const int error = start_listening(socket->fd.get())) return base::Failure{error};
  return socket;
}

// Outlives its Listener until libuv has let go of it.
struct Listener::Watch {
  uv_poll_t handle{};
  Listener* listener = nullptr;
};

Listener::Listener(Loop& loop, Fd fd, Events& events)
    : loop_(loop),
      fd_(std::move(fd)),
      events_(events),
      retry_(base::Timer::calling<Listener, &Listener::start>(this)),
      watch_(new Watch) {
  POISE_CHECK(uv_poll_init(loop.uv(), &watch_->handle, fd_.get()) == 0);
  watch_->handle.data = watch_;
  watch_->listener = this;
}

Listener::~Listener() { close(); }

// libuv must forget the descriptor before its number can be given to somebody else.
void Listener::close() { (void)release(); }

Fd Listener::release() {
  if (watch_ == nullptr) return {};
  retry_.cancel();
  watch_->listener = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&watch_->handle), [](uv_handle_t* handle) {
    const std::unique_ptr<Watch> owned(static_cast<Watch*>(handle->data));
  });
  watch_ = nullptr;
  return std::move(fd_);
}

void Listener::start() {
  paused_ = false;
  uv_poll_start(&watch_->handle, UV_READABLE, [](uv_poll_t* handle, int, int) {
    Listener* listener = static_cast<Watch*>(handle->data)->listener;
    if (listener != nullptr) listener->on_ready();
  });
}

void Listener::pause() {
  paused_ = true;
  retry_.cancel();
  uv_poll_stop(&watch_->handle);
}

void Listener::on_ready() {
  Loop& loop = loop_;
  loop.begin_callback();
  (void)accept_up_to(kAcceptsPerEvent);
  loop.end_callback();
}

void Listener::drain() {
  paused_ = false;
  (void)accept_up_to(std::numeric_limits<int>::max());
  close();
}

Listener::Accepted Listener::accept_up_to(int count) {
  for (; count > 0 && !paused_; --count) {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    Fd fd(::accept4(fd_.get(), reinterpret_cast<sockaddr*>(&peer), &length,
                    SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd) {
      events_.on_accepted(std::move(fd), Address(reinterpret_cast<sockaddr*>(&peer), length));
      continue;
    }
    if (errno == ECONNABORTED || errno == EINTR) continue;
    if (!means_shortage(errno)) return Accepted::all_queued;
    events_.on_accept_failed(errno);
    uv_poll_stop(&watch_->handle);
    loop_.arm_in(retry_, kRetryAccept);
    return Accepted::all_queued;
  }
  return Accepted::some;
}

}  // namespace poise::net
