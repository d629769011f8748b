#include "proxy/server/take_over.h"

#include <unistd.h>

#include <utility>

#include "proxy/base/log.h"
#include "proxy/server/upgrade_words.h"

namespace poise::server {

TakeOver::TakeOver(net::Loop& loop, net::Fd pipe, Owner& owner)
    : owner_(owner), pipe_(loop, std::move(pipe), static_cast<net::LinePipe::Events&>(*this)) {}

void TakeOver::say_ready() {
  is_ready_ = true;
  if (is_alone_) return take_charge();
  (void)pipe_.send(ready_line(::getpid()));
}

void TakeOver::on_line(std::string_view line) noexcept {
  if (line == kGoLine && is_ready_) take_charge();
}

void TakeOver::on_pipe_closed() noexcept {
  is_alone_ = true;
  if (is_in_charge_) return;
  base::log(base::Level::warn, "the process to take over from is gone");
  if (is_ready_) take_charge();
}

void TakeOver::take_charge() {
  if (!std::exchange(is_in_charge_, true)) owner_.on_in_charge();
}

}  // namespace poise::server
