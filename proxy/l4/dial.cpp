#include "proxy/l4/dial.h"

#include "proxy/exchange/retry.h"
#include "proxy/flight/choice.h"
#include "proxy/pool/connect_error.h"
#include "proxy/pool/passive_health.h"

namespace poise::l4 {
namespace {

using base::Cause;
using base::Error;

constexpr Error kAllFull{.cause = Cause::queue_full,
                         .phase = base::Phase::queue,
                         .side = base::Side::local,
                         .detail = "backends have all their connections"};

}  // namespace

Dial::Dial(net::Loop& loop, pool::BackendGroup& group, const pool::RetryConfig& retry,
           std::uint64_t key, std::string greeting, Events& events)
    : loop_(loop),
      group_(group),
      retry_(retry),
      key_(key),
      greeting_(std::move(greeting)),
      events_(events),
      backoff_(base::Timer::calling<Dial, &Dial::start>(this)),
      connector_(std::in_place, loop, static_cast<tls::SecureConnector::Events&>(*this)) {}

void Dial::start() {
  if (take_place()) return connect();
  const Error error = found_full_ ? kAllFull : pool::nobody_to_pick(group_);
  note_nobody(error);
  events_.on_dial_failed(error);
}

void Dial::connect() {
  ++tries_;
  const pool::PoolConfig& config = group_.plan().config;
  const pool::BackendConfig& backend = config.backends[slot_.backend()];
  connector_->start({.address = backend.address,
                     .greeting = greeting_,
                     .endpoint = config.tls ? config.tls->for_bytes.get() : nullptr,
                     .server_name = pool::server_name_of(config, backend),
                     .session = &group_.pool(slot_.backend()).tls_session()},
                    config.connections.connect_timeout);
}

bool Dial::take_place() {
  while (const auto backend =
             group_.pick({.key = key_, .excluded = excluded_, .now = loop_.now()})) {
    slot_ = BackendSlot::take(group_, *backend, loop_.now());
    if (slot_.is_held()) {
      backend_ = group_.plan().backends.name(*backend);
      picked_ = loop_.now();
      return true;
    }
    found_full_ = true;
    exclude(*backend);
  }
  return false;
}

void Dial::exclude(balancing::BackendIndex backend) {
  if (excluded_.size() == 0) excluded_ = balancing::BackendMask(group_.plan().backends.size());
  excluded_.set(backend);
}

void Dial::on_connected(net::TransportPtr transport) noexcept {
  slot_.connected(loop_.now());
  events_.on_dialed(std::move(transport));
}

void Dial::on_connect_failed(const tls::ConnectFailure& failure) noexcept {
  const Error error = pool::connect_error(failure);
  const balancing::BackendIndex backend = slot_.backend();
  note_failed_try(error);
  slot_.release(error, loop_.now());
  const auto decision = exchange::decide_retry({.error = error, .tries = tries_}, retry_);
  if (decision.verdict == exchange::RetryDecision::Verdict::give_up) {
    return events_.on_dial_failed(error);
  }
  group_.pool_cells().retries.add();
  exclude(backend);
  if (take_place()) return connect();
  // A backend that just restarts is back in a moment.
  excluded_.clear_all();
  loop_.arm_in(backoff_, retry_.backoff);
}

void Dial::note_failed_try(const Error& error) {
  made_tries_.push_back({.backend = std::string(backend_),
                         .picked = picked_,
                         .connecting = picked_,
                         .ended = loop_.now(),
                         .error = error,
                         .choice = choice_now(slot_.backend(), flight::Moment::at_failure)});
}

void Dial::note_nobody(const Error& error) {
  made_tries_.push_back({.picked = loop_.now(),
                         .ended = loop_.now(),
                         .error = error,
                         .choice = choice_now(std::nullopt, flight::Moment::before_pick)});
}

flight::Choice Dial::choice_now(std::optional<balancing::BackendIndex> chosen,
                                flight::Moment moment) {
  return flight::choice_of(group_, {.key = key_, .excluded = excluded_, .now = loop_.now()}, chosen,
                           moment);
}

void Dial::cancel(const Error& why) {
  backoff_.cancel();
  if (slot_.is_held()) note_failed_try(why);
  if (slot_.is_held()) connector_.reset();  // else it is idle, and may be what calls
  slot_.release(why, loop_.now());
}

}  // namespace poise::l4
