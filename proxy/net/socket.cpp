#include "proxy/net/socket.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "proxy/base/check.h"
#include "proxy/net/keep_alive.h"

namespace poise::net {
namespace {

Socket& socket_of(void* handle_data) { return *static_cast<Socket*>(handle_data); }

// The calls below go to the kernel directly: glibc's wrappers are cancellation points, which costs
// two locked instructions each in a threaded program (measured: 5 % of a request's user time).
IoResult result_of(ssize_t count) {
  if (count >= 0) return {IoResult::Status::ok, 0, static_cast<std::size_t>(count)};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {};
  return {IoResult::Status::failed, errno, 0};
}

void set_option(int fd, int level, int name, int value) {
  (void)::setsockopt(fd, level, name, &value, sizeof value);
}

}  // namespace

// Lives only while a peer is too slow, so that an ordinary connection does not pay for it.
struct Socket::Rest {
  uv_write_t request{};
  base::Buffer bytes;
};

Socket::Socket(Loop& loop) : loop_(loop) {}

Socket::~Socket() = default;

std::unique_ptr<Socket, TransportCloser> Socket::adopt(Loop& loop, Fd fd, int& error) {
  std::unique_ptr<Socket> socket(new Socket(loop));
  error = -uv_tcp_init(loop.uv(), &socket->handle_);
  if (error != 0) return nullptr;
  socket->handle_.data = socket.get();
  std::unique_ptr<Socket, TransportCloser> open(socket.release());
  error = -uv_tcp_open(&open->handle_, fd.get());
  if (error != 0) return nullptr;
  open->fd_ = fd.release();
  return open;
}

TransportPtr Socket::open(Loop& loop, Fd fd, TransportEvents& events) {
  int error = 0;
  auto socket = adopt(loop, std::move(fd), error);
  if (socket == nullptr) return nullptr;
  socket->events_ = &events;
  socket->resume_reading();
  return TransportPtr(socket.release());
}

TransportPtr Socket::connect(Loop& loop, const Address& address, ConnectEvents& done, int& error) {
  Fd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) {
    error = errno;
    return nullptr;
  }
  set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  watch_for_vanished_peer(fd.get());
  auto socket = adopt(loop, std::move(fd), error);
  if (socket == nullptr) return nullptr;
  auto request = std::make_unique<uv_connect_t>();
  error = -uv_tcp_connect(request.get(), &socket->handle_, address.get(),
                          [](uv_connect_t* ended, int status) {
                            const std::unique_ptr<uv_connect_t> owned(ended);
                            socket_of(ended->handle->data).on_connected(status);
                          });
  if (error != 0) return nullptr;
  (void)request.release();
  socket->connecting_ = &done;
  return TransportPtr(socket.release());
}

void Socket::on_connected(int status) {
  if (closing_ || connecting_ == nullptr) return;
  loop_.begin_callback();
  std::exchange(connecting_, nullptr)->on_connect_done(-status);
  loop_.end_callback();
}

void Socket::close() {
  closing_ = true;
  events_ = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_), [](uv_handle_t* handle) {
    const std::unique_ptr<Socket> owned(static_cast<Socket*>(handle->data));
  });
}

void Socket::resume_reading() {
  if (reading_) return;
  reading_ = true;
  uv_read_start(
      reinterpret_cast<uv_stream_t*>(&handle_),
      [](uv_handle_t*, std::size_t, uv_buf_t* none) { *none = uv_buf_init(nullptr, 0); },
      [](uv_stream_t* stream, ssize_t status, const uv_buf_t*) {
        socket_of(stream->data).on_read_event(status);
      });
}

void Socket::pause_reading() {
  if (!reading_) return;
  reading_ = false;
  uv_read_stop(reinterpret_cast<uv_stream_t*>(&handle_));
}

void Socket::on_read_event(ssize_t) {
  if (closing_) return;
  Loop& loop = loop_;
  loop.begin_callback();
  events_->on_readable();
  loop.end_callback();
}

IoResult Socket::receive(std::span<char> room) {
  IoResult result = result_of(
      ::syscall(SYS_recvfrom, fd_, room.data(), room.size(), MSG_DONTWAIT, nullptr, nullptr));
  if (result.ok() && result.count == 0) result.status = IoResult::Status::end;
  return result;
}

IoResult Socket::send(std::span<const iovec> slices) {
  if (slices.size() == 1) {
    return result_of(::syscall(SYS_sendto, fd_, slices[0].iov_base, slices[0].iov_len,
                               MSG_DONTWAIT | MSG_NOSIGNAL, nullptr, 0));
  }
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(slices.data());
  message.msg_iovlen = slices.size();
  return result_of(::syscall(SYS_sendmsg, fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL));
}

void Socket::write_rest(base::Buffer&& rest) {
  POISE_DCHECK(rest_ == nullptr);
  rest_ = std::make_unique<Rest>();
  rest_->bytes = std::move(rest);
  rest_->request.data = this;
  std::vector<iovec> slices(rest_->bytes.slice_count());
  const std::size_t count = rest_->bytes.slices(slices);
  std::vector<uv_buf_t> pieces;
  pieces.reserve(count);
  for (const iovec& slice : std::span(slices).first(count)) {
    pieces.push_back(
        uv_buf_init(static_cast<char*>(slice.iov_base), static_cast<unsigned>(slice.iov_len)));
  }
  const int status =
      uv_write(&rest_->request, reinterpret_cast<uv_stream_t*>(&handle_), pieces.data(),
               static_cast<unsigned>(pieces.size()), [](uv_write_t* request, int outcome) {
                 static_cast<Socket*>(request->data)->on_rest_written(outcome);
               });
  POISE_CHECK(status == 0);
}

void Socket::on_rest_written(int status) {
  rest_.reset();
  if (closing_) return;
  Loop& loop = loop_;
  loop.begin_callback();
  events_->on_writable(-status);
  loop.end_callback();
}

std::size_t Socket::unacknowledged() const {
  int queued = 0;
  (void)::ioctl(fd_, SIOCOUTQ, &queued);
  return static_cast<std::size_t>(queued) + handle_.write_queue_size;
}

bool Socket::is_quiet() const {
  char byte = 0;
  return ::recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

Address Socket::local_address() const {
  sockaddr_storage local{};
  socklen_t length = sizeof local;
  if (::getsockname(fd_, reinterpret_cast<sockaddr*>(&local), &length) != 0) return {};
  return {reinterpret_cast<const sockaddr*>(&local), length};
}

void Socket::shutdown_sending() { ::shutdown(fd_, SHUT_WR); }

void Socket::reset_on_close() {
  const linger hard{1, 0};
  (void)::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

}  // namespace poise::net
