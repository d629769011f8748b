#include "proxy/pool/backend_pool.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "proxy/base/check.h"
#include "proxy/pool/connect_error.h"

namespace poise::pool {
namespace {

using base::Cause;
using base::Error;
using base::Phase;

constexpr base::Duration kLineCheck = std::chrono::milliseconds(10);
constexpr base::Duration kSweep = std::chrono::seconds(1);
constexpr base::Duration kGiveWay = std::chrono::milliseconds(50);
constexpr base::Duration kNoLimit = base::Duration::max();
constexpr const char* kDrainIsOver = "the backend's drain is over";

Error queue_error(Cause cause, const char* detail) {
  return {.cause = cause, .phase = Phase::queue, .side = base::Side::backend, .detail = detail};
}

base::Duration shorter(base::Duration limit, base::Duration other) {
  return other.count() > 0 ? std::min(limit, other) : limit;
}

}  // namespace

// A connection being opened, and for whom; it goes on when that one leaves, for whoever comes next.
class BackendPool::Opening final : public base::Deferred,
                                   public base::Link<Opening>,
                                   private tls::SecureConnector::Events {
 public:
  Opening(BackendPool& pool, StreamWaiter& waiter)
      : pool_(pool),
        greeting_(waiter.greeting),
        connector_(std::in_place, pool.loop_, static_cast<tls::SecureConnector::Events&>(*this)) {
    waiter_.push_back(waiter);
  }
  void start() {
    const PoolConfig& config = pool_.config();
    const auto* endpoint = config.tls ? config.tls->for_http.get() : nullptr;
    connector_->start({.address = pool_.backend().address,
                       .greeting = greeting_,
                       .endpoint = endpoint,
                       .server_name = server_name_of(config, pool_.backend()),
                       .session = &pool_.tls_session_},
                      config.connections.connect_timeout);
  }
  // By the pool's plan as it is now. Requires: this is not its own call.
  void start_again() {
    connector_.emplace(pool_.loop_, static_cast<tls::SecureConnector::Events&>(*this));
    start();
  }
  // Tells nobody any more. Requires: it was started, and this is not its own call.
  void stop() { connector_.reset(); }
  std::string take_greeting() { return std::move(greeting_); }
  // nullptr when it left meanwhile.
  StreamWaiter* take_waiter() {
    if (waiter_.empty()) return nullptr;
    StreamWaiter& waiter = waiter_.front();
    waiter.unlink();
    return &waiter;
  }

 private:
  void on_connected(net::TransportPtr transport) noexcept override {
    pool_.on_opened(*this, std::move(transport));
  }
  void on_connect_failed(const tls::ConnectFailure& failure) noexcept override {
    pool_.on_open_failed(*this, failure);
  }

  BackendPool& pool_;
  std::string greeting_;
  base::List<StreamWaiter> waiter_;
  std::optional<tls::SecureConnector> connector_;
};

BackendPool::BackendPool(net::Loop& loop, std::shared_ptr<const PoolPlan> plan,
                         balancing::BackendIndex backend)
    : loop_(loop),
      plan_(std::move(plan)),
      index_(backend),
      shared_(plan_->backend_records[backend]->shared),
      sweep_(base::Timer::calling<BackendPool, &BackendPool::close_stale>(this)),
      line_check_(base::Timer::calling<BackendPool, &BackendPool::serve_line>(this)) {}

// Others go on counting this backend's connections: what is left here is no part of them any more.
BackendPool::~BackendPool() {
  tell_others(nullptr);
  connections_.for_each([this](http::H1Outbound&) { release_slot(); });
  openings_.for_each([this](Opening&) { release_slot(); });
}

BackendPool::Lease BackendPool::lease(StreamWaiter& waiter, Want want) {
  if (want != Want::fresh) {
    if (http::OutboundStream* stream = take_idle(want, waiter.greeting)) return {.stream = stream};
  }
  if (!line_.empty() || others_starve() || !make_room()) return wait_in_line(waiter);
  open_for(waiter);
  return {};
}

http::OutboundStream* BackendPool::take_idle(Want want, const std::string& greeting) {
  while (http::H1Outbound* connection = take_last_idle(greeting)) {
    const bool must_ask = want == Want::checked || connection->withheld_body();
    if (is_fit(*connection) && (!must_ask || connection->is_quiet())) {
      return &connection->stream();
    }
    connection->retire();
  }
  return nullptr;
}

http::H1Outbound* BackendPool::take_last_idle(const std::string& greeting) {
  for (std::size_t i = idle_.size(); i-- > 0;) {
    if (idle_[i]->greeting() != greeting) continue;
    http::H1Outbound* connection = idle_[i];
    idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
    return connection;
  }
  return nullptr;
}

bool BackendPool::is_fit(const http::H1Outbound& connection) const {
  return loop_.now() - connection.idle_since() < rest_limit(connection);
}

base::Duration BackendPool::rest_limit(const http::H1Outbound& connection) const {
  base::Duration limit = shorter(kNoLimit, config().connections.idle_timeout);
  limit = shorter(limit, IdleLimit::safe_part(connection.promised_idle()));
  limit = shorter(limit, learned_.safe_rest(loop_.now()));
  if (config().connections.max_age.count() > 0) {
    const auto age_limit = connection.opened_at() + config().connections.max_age;
    limit = std::min(limit, age_limit - connection.idle_since());
  }
  return limit;
}

std::uint32_t BackendPool::most_connections() const {
  return backend().max_connections != 0 ? backend().max_connections : config().connections.max;
}

// Counted before it is opened, so that all workers together never exceed the limit.
bool BackendPool::claim_slot() {
  const std::uint32_t most = most_connections();
  const std::uint32_t before = shared_.connections.fetch_add(1, std::memory_order_relaxed);
  if (most == 0 || before < most) return true;
  release_slot();
  return false;
}

void BackendPool::release_slot() { shared_.connections.fetch_sub(1, std::memory_order_relaxed); }

// Idle connections that this request may not use are of less use than one it may.
bool BackendPool::make_room() {
  if (claim_slot()) return true;
  if (idle_.empty()) return false;
  idle_.front()->retire();
  return claim_slot();
}

// Where connections are few, one worker must not keep idle what another one waits for.
bool BackendPool::others_starve() const {
  const void* starving = shared_.starving.load(std::memory_order_relaxed);
  return starving != nullptr && starving != this;
}

void BackendPool::tell_others(const void* starving) {
  if (starving == nullptr && shared_.starving.load(std::memory_order_relaxed) != this) return;
  shared_.starving.store(starving, std::memory_order_relaxed);
}

void BackendPool::open_for(StreamWaiter& waiter) {
  openings_.add(std::make_unique<Opening>(*this, waiter)).start();
}

void BackendPool::on_opened(Opening& opening, net::TransportPtr transport) noexcept {
  StreamWaiter* waiter = opening.take_waiter();
  std::string greeting = opening.take_greeting();
  loop_.defer(openings_.take(opening));
  http::H1Outbound& connection = connections_.add(
      std::make_unique<http::H1Outbound>(loop_, static_cast<http::OutboundOwner&>(*this), limits_,
                                         std::move(transport), std::move(greeting)));
  if (waiter != nullptr) {
    waiter->on_stream(connection.stream());
  } else {
    on_outbound_idle(connection);
  }
}

void BackendPool::on_open_failed(Opening& opening, const tls::ConnectFailure& failure) noexcept {
  const Error error = connect_error(failure);
  StreamWaiter* waiter = opening.take_waiter();
  loop_.defer(openings_.take(opening));
  release_slot();
  if (waiter != nullptr) waiter->on_no_stream(error);
  serve_line();
}

void BackendPool::on_outbound_idle(http::H1Outbound& connection) noexcept {
  if (connection.opened_at() <= anew_since_) return connection.retire();
  if (!line_.empty()) {
    StreamWaiter& waiter = line_.front();
    if (waiter.greeting != connection.greeting()) return connection.retire();
    waiter.unlink();
    return waiter.on_stream(connection.stream());
  }
  if (retired_ || others_starve() || config().connections.idle == 0) return connection.retire();
  // Where connections belong to clients, the oldest is the least likely to be asked for again.
  if (idle_.size() >= config().connections.idle) {
    if (connection.greeting().empty()) return connection.retire();
    idle_.front()->retire();
  }
  idle_.push_back(&connection);
  plan_sweep();
}

void BackendPool::on_outbound_closed(http::H1Outbound& connection, bool was_idle) noexcept {
  if (was_idle) learned_.closed_after(loop_.now() - connection.idle_since(), loop_.now());
  std::erase(idle_, &connection);
  loop_.defer(connections_.take(connection));
  release_slot();
  serve_line();
}

// ---- the line
// ------------------------------------------------------------------------------------

BackendPool::Lease BackendPool::wait_in_line(StreamWaiter& waiter) {
  std::uint32_t length = 0;
  line_.for_each([&](StreamWaiter&) { ++length; });
  if (length >= config().queue.size) {
    return {.error = queue_error(Cause::queue_full, "connection queue full")};
  }
  waiter.queued_until = loop_.now() + config().queue.timeout;
  line_.push_back(waiter);
  tell_others(this);
  loop_.arm_in(line_check_, kLineCheck);
  return {.in_line = true};
}

// Slots come free on other workers without a word, so the line is also looked at by the clock.
void BackendPool::serve_line() {
  while (!line_.empty()) {
    StreamWaiter& waiter = line_.front();
    if (waiter.queued_until <= loop_.now()) {
      waiter.unlink();
      waiter.on_no_stream(queue_error(Cause::queue_timeout, "waited too long for a connection"));
    } else if (claim_slot()) {
      waiter.unlink();
      waiter.on_connecting();
      open_for(waiter);
    } else {
      tell_others(this);
      return loop_.arm_in(line_check_, kLineCheck);
    }
  }
  tell_others(nullptr);
}

// ---- idle connections
// ----------------------------------------------------------------------------

void BackendPool::plan_sweep() {
  if (!sweep_.is_armed()) loop_.arm_in(sweep_, most_connections() != 0 ? kGiveWay : kSweep);
}

// Closing one may serve the line, which may take another one: each is looked up again.
void BackendPool::close_stale() {
  const std::vector<http::H1Outbound*> idle = idle_;
  for (http::H1Outbound* connection : idle) {
    const bool is_idle = std::find(idle_.begin(), idle_.end(), connection) != idle_.end();
    if (is_idle && !is_fit(*connection)) connection->retire();
  }
  if (!idle_.empty() && others_starve()) idle_.front()->retire();
  if (!idle_.empty()) plan_sweep();
}

// ---- another configuration
// -----------------------------------------------------------------------

void BackendPool::follow(std::shared_ptr<const PoolPlan> plan, balancing::BackendIndex backend) {
  POISE_DCHECK(&plan->backend_records[backend]->shared == &shared_);
  const std::string name = server_name_of(config(), this->backend());
  const bool is_other = config().tls != plan->config.tls ||
                        name != server_name_of(plan->config, plan->config.backends[backend]);
  plan_ = std::move(plan);
  index_ = backend;
  retired_ = false;
  if (is_other) begin_anew();
  while (idle_.size() > config().connections.idle) idle_.front()->retire();
  serve_line();  // there may be more room now
}

// What was agreed upon by other terms of TLS, or without it, ends with its request.
void BackendPool::begin_anew() {
  anew_since_ = loop_.now();
  (void)tls_session_.take();
  openings_.for_each([](Opening& opening) { opening.start_again(); });
  while (!idle_.empty()) idle_.front()->retire();
}

// Who is told may end others of the list; none is destroyed before this turn of the loop is over.
std::size_t BackendPool::close_all() {
  std::size_t streams = 0;
  while (!line_.empty()) {
    StreamWaiter& waiter = line_.front();
    waiter.unlink();
    waiter.on_no_stream(queue_error(Cause::draining, kDrainIsOver));
  }
  std::vector<Opening*> openings;
  openings_.for_each([&](Opening& opening) { openings.push_back(&opening); });
  for (Opening* opening : openings) {
    if (opening->is_linked()) give_up(*opening);
  }
  std::vector<http::H1Outbound*> connections;
  connections_.for_each([&](http::H1Outbound& each) { connections.push_back(&each); });
  for (http::H1Outbound* connection : connections) {
    if (connection->close_now(Cause::draining, kDrainIsOver)) ++streams;
  }
  return streams;
}

void BackendPool::give_up(Opening& opening) {
  StreamWaiter* waiter = opening.take_waiter();
  opening.stop();
  loop_.defer(openings_.take(opening));
  release_slot();
  if (waiter != nullptr) waiter->on_no_stream(queue_error(Cause::draining, kDrainIsOver));
}

void BackendPool::retire() {
  retired_ = true;
  while (!idle_.empty()) idle_.front()->retire();
}

}  // namespace poise::pool
