#include "proxy/net/fd_watch.h"

#include <memory>
#include <utility>

namespace poise::net {

// Outlives its FdWatch until libuv has let go of it.
struct FdWatch::Watch {
  uv_poll_t handle{};
  FdWatch* owner = nullptr;
};

FdWatch::FdWatch(Loop& loop, Fd fd, Events& events)
    : loop_(loop), fd_(std::move(fd)), events_(events) {}

bool FdWatch::start() {
  if (watch_ == nullptr) {
    auto watch = std::make_unique<Watch>();
    if (uv_poll_init(loop_.uv(), &watch->handle, fd_.get()) != 0) return false;
    watch->handle.data = watch.get();
    watch->owner = this;
    watch_ = watch.release();
  }
  return uv_poll_start(&watch_->handle, UV_READABLE, [](uv_poll_t* handle, int, int) {
           FdWatch* owner = static_cast<Watch*>(handle->data)->owner;
           if (owner != nullptr) owner->on_ready();
         }) == 0;
}

void FdWatch::on_ready() {
  Loop& loop = loop_;
  loop.begin_callback();
  events_.on_fd_readable();
  loop.end_callback();
}

void FdWatch::pause() {
  if (watch_ != nullptr) uv_poll_stop(&watch_->handle);
}

// libuv must forget the descriptor before somebody else watches it.
Fd FdWatch::release() {
  if (watch_ != nullptr) {
    watch_->owner = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&std::exchange(watch_, nullptr)->handle),
             [](uv_handle_t* handle) {
               const std::unique_ptr<Watch> owned(static_cast<Watch*>(handle->data));
             });
  }
  return std::move(fd_);
}

}  // namespace poise::net
