#include "proxy/server/watchdog.h"

#include <utility>

namespace poise::server {
namespace {

// A round that a leaving worker did not answer any more must not count as a hang.
constexpr int kRoundsInTime = 4;

}  // namespace

Watchdog::Watchdog(net::Loop& loop, const net::Supervisor& supervisor, Ask ask)
    : loop_(loop),
      supervisor_(supervisor),
      ask_(std::move(ask)),
      timer_(base::Timer::calling<Watchdog, &Watchdog::on_timer>(this)) {}

void Watchdog::start() {
  if (supervisor_.watchdog()) on_timer();
}

void Watchdog::on_timer() {
  const auto round = std::make_shared<Round>();
  round->left = ask_([this, round] { loop_.post([this, round] { on_answer(*round); }); });
  loop_.read_now();
  loop_.arm_in(timer_, *supervisor_.watchdog() / kRoundsInTime);
}

void Watchdog::on_answer(Round& round) {
  if (--round.left == 0) supervisor_.alive();
}

}  // namespace poise::server
