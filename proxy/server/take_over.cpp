#include "proxy/server/take_over.h"

#include <unistd.h>

#include <utility>

#include "proxy/base/log.h"
#include "proxy/server/shared_text.h"
#include "proxy/server/upgrade_words.h"

namespace poise::server {

TakeOver::TakeOver(net::Loop& loop, net::Fd pipe, net::Fd counters, Owner& owner)
    : owner_(owner),
      counters_(std::move(counters)),
      pipe_(loop, std::move(pipe), static_cast<net::LinePipe::Events&>(*this)) {}

std::string TakeOver::counters() const { return text_in(counters_); }

void TakeOver::say_ready() {
  is_ready_ = true;
  if (is_alone_) return take_charge();
  (void)pipe_.send(ready_line(::getpid()));
}

void TakeOver::on_line(std::string_view line) noexcept {
  if (line == kGoLine && is_ready_) return take_charge();
  if (line == kCountersLine && is_in_charge_) owner_.on_counters(counters());
}

void TakeOver::on_pipe_closed() noexcept {
  is_alone_ = true;
  if (is_in_charge_) return counters_.reset();
  base::log(base::Level::warn, "the process to take over from is gone");
  if (is_ready_) take_charge();
}

void TakeOver::take_charge() {
  if (!std::exchange(is_in_charge_, true)) owner_.on_in_charge();
}

}  // namespace poise::server
