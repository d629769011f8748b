#include "proxy/net/signals.h"

#include <csignal>

#include "proxy/base/check.h"

namespace poise::net {

// Outlives its Signals until libuv has let go of it.
struct Signals::Watch {
  uv_signal_t handle{};
  std::function<void()> action;
};

Signals::~Signals() {
  for (Watch* watch : watches_) {
    uv_close(reinterpret_cast<uv_handle_t*>(&watch->handle), [](uv_handle_t* handle) {
      const std::unique_ptr<Watch> owned(static_cast<Watch*>(handle->data));
    });
  }
}

void Signals::on(int number, std::function<void()> action) {
  watches_.push_back(std::make_unique<Watch>().release());
  Watch* watch = watches_.back();
  watch->action = std::move(action);
  POISE_CHECK(uv_signal_init(loop_.uv(), &watch->handle) == 0);
  watch->handle.data = watch;
  uv_signal_start(
      &watch->handle, [](uv_signal_t* handle, int) { static_cast<Watch*>(handle->data)->action(); },
      number);
}

void ignore_broken_pipes() { (void)std::signal(SIGPIPE, SIG_IGN); }

}  // namespace poise::net
