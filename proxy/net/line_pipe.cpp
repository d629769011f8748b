#include "proxy/net/line_pipe.h"

#include <sys/socket.h>

#include <cerrno>

#include "proxy/base/check.h"

namespace poise::net {

// Outlives its LinePipe until libuv has let go of it.
struct LinePipe::Watch {
  uv_poll_t handle{};
  LinePipe* pipe = nullptr;
};

base::Result<std::pair<Fd, Fd>, int> LinePipe::make_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
    return base::Failure{errno};
  }
  return std::pair{Fd(ends[0]), Fd(ends[1])};
}

LinePipe::LinePipe(Loop& loop, Fd fd, Events& events)
    : loop_(loop), fd_(std::move(fd)), events_(events), watch_(new Watch) {
  POISE_CHECK(uv_poll_init(loop.uv(), &watch_->handle, fd_.get()) == 0);
  watch_->handle.data = watch_;
  watch_->pipe = this;
  uv_poll_start(&watch_->handle, UV_READABLE, [](uv_poll_t* handle, int, int) {
    LinePipe* pipe = static_cast<Watch*>(handle->data)->pipe;
    if (pipe == nullptr) return;
    Loop& on = pipe->loop_;
    on.begin_callback();
    pipe->on_ready();
    on.end_callback();
  });
}

LinePipe::~LinePipe() { close(); }

// libuv must forget the descriptor before its number can be given to somebody else.
void LinePipe::close() {
  if (watch_ == nullptr) return;
  watch_->pipe = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&watch_->handle), [](uv_handle_t* handle) {
    const std::unique_ptr<Watch> owned(static_cast<Watch*>(handle->data));
  });
  watch_ = nullptr;
  fd_.reset();
}

bool LinePipe::send(std::string_view line) {
  if (watch_ == nullptr) return false;
  const std::string bytes = std::string(line) + '\n';
  return ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

void LinePipe::on_ready() {
  Watch* const watch = watch_;  // outlives this callback
  char bytes[kLongestLine];
  const ssize_t taken = ::recv(fd_.get(), bytes, sizeof bytes, 0);
  const bool is_over = taken == 0 || (taken < 0 && errno != EAGAIN && errno != EINTR);
  if (taken > 0) unread_.append(bytes, static_cast<std::size_t>(taken));
  for (std::size_t end; (end = unread_.find('\n')) != unread_.npos;) {
    const std::string line = unread_.substr(0, end);
    unread_.erase(0, end + 1);
    events_.on_line(line);
    if (watch->pipe == nullptr) return;
  }
  if (!is_over && unread_.size() <= kLongestLine) return;
  close();
  events_.on_pipe_closed();
}

}  // namespace poise::net
