#include "proxy/server/pulse.h"

#include <utility>

namespace poise::server {
namespace {

constexpr base::Duration kSecond = std::chrono::seconds(1);

}  // namespace

Pulse::Pulse(net::Loop& loop, View view, std::function<void()> on_second)
    : loop_(loop),
      view_(std::move(view)),
      on_second_(std::move(on_second)),
      timer_(base::Timer::calling<Pulse, &Pulse::beat>(this)) {}

void Pulse::start() {
  if (timer_.is_armed()) return;
  due_ = loop_.read_now();
  window_.sample(view_(), due_);
  loop_.arm(timer_, due_ += kSecond);
}

void Pulse::stop() {
  timer_.cancel();
  window_ = {};
}

// By the clock and not after the last beat: the timer is up to a slot late each time.
void Pulse::beat() {
  on_second_();
  window_.sample(view_(), loop_.read_now());
  due_ = std::max(due_ + kSecond, loop_.now());
  loop_.arm(timer_, due_);
}

Summary Pulse::summary() const { return window_.summary(view_(), loop_.read_now()); }

}  // namespace poise::server
