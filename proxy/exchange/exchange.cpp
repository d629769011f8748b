#include "proxy/exchange/exchange.h"

#include <algorithm>

#include "proxy/exchange/prepare_request.h"
#include "proxy/exchange/record_parts.h"
#include "proxy/exchange/request_key.h"
#include "proxy/flight/choice.h"
#include "proxy/pool/passive_health.h"

namespace poise::exchange {
namespace {

using base::Cause;
using base::Error;
using base::MonotonicTime;
using base::Phase;
using base::Side;
using pool::BackendPool;

Error local_error(Cause cause, Phase phase, const char* detail) {
  return {.cause = cause, .phase = phase, .side = Side::local, .detail = detail};
}

// The connection ends with this error, whatever is still to be said.
bool client_will_not_read(const Error& error) {
  return error.cause == Cause::client_gone || error.cause == Cause::client_too_slow ||
         error.cause == Cause::draining;
}

}  // namespace

Exchange::Exchange(HttpService& service, http::InboundStream& inbound)
    : kept_service_(&service),
      service_(service),
      inbound_(inbound),
      row_(service.cells.row_of_no_route()),
      timer_(base::Timer::calling<Exchange, &Exchange::on_timer>(this)),
      head_at_(service.loop.now()),
      own_time_(inbound.started()) {
  own_time_.touch(service.loop);
}

Exchange::~Exchange() {
  if (attempt_.stream != nullptr) attempt_.stream->cancel({});
}

void Exchange::move(Event event) {
  const std::optional<State> next = next_state(state_, event);
  POISE_CHECK(next.has_value());
  state_ = *next;
}

// ---- the request
// ---------------------------------------------------------------------------------

void Exchange::head(http::RequestHead& head) noexcept {
  request_ = std::move(head);
  route();
}

void Exchange::route() {
  const http::ForwardedPeer& peer = inbound_.peer();
  if (peer.is_trusted()) {
    client_ = http::client_address(peer, request_.fields, service_.plan->inbound.trusted_proxies);
  }
  const net::Address& client = client_ ? *client_ : peer.address();
  trace_.begin(service_.plan->tracing, request_, peer.is_trusted(), service_.random);
  const int index = service_.plan->table.find(request_, client);
  if (index < 0) {
    return answer(local_error(Cause::no_route, Phase::request, "no route takes this request"));
  }
  route_ = &service_.plan->routes[static_cast<std::size_t>(index)];
  row_ = route_->row;
  const RouteConfig& config = route_->config;
  if (!admits(config, client)) {
    return answer(local_error(Cause::denied, Phase::request, "client address not allowed"));
  }
  if (config.redirect || config.respond) return answer(route_reply(config, request_));
  const std::size_t share = choose_share(*route_, service_.random);
  row_ += 1 + share;
  group_ = service_.groups[route_->pools[share].pool].get();
  key_ = request_key(group_->plan().strategy->key_source(), request_, client, service_.random);
  if (const auto* sessions = group_->plan().strategy->sessions()) {
    visit_.begin(*sessions, request_, wall_time_now());
  }
  apply_certificate_fields(request_, service_.plan->certificate_fields, inbound_.tls());
  greeting = greeting_for(client);
  prepare_request(request_, config, peer);
  group_->retry_budget().on_request();
  start_try();
}

// No unique id: that is a request's, and the connection carries more than one.
std::string Exchange::greeting_for(const net::Address& client) const {
  const net::ProxyHeaderOut version = group_->plan().config.proxy_protocol;
  if (version == net::ProxyHeaderOut::off) return {};
  net::ProxyGreeting said{.client = client, .called = inbound_.called()};
  if (const net::ProxyHeader* header = inbound_.proxy_header()) {
    said.alpn = header->alpn;
    said.authority = header->authority;
  } else if (const tls::Facts* tls = inbound_.tls()) {
    said.alpn = tls->alpn;
    said.authority = tls->server_name;
  }
  return net::write_proxy_header(version, said);
}

void Exchange::body(base::Bytes bytes) noexcept {
  if (state_ == State::done) return;
  own_time_.touch(service_.loop);
  last_activity_ = service_.loop.now();
  note_bytes(bytes.size());
  if (state_ == State::tunnelling) return attempt_.request->body(bytes);
  received_ += bytes.size();
  keep_body(bytes);
  if (attempt_.request != nullptr) attempt_.request->body(bytes);
}

// Until a connection is there the body waits in replay_, bounded by the credit; once it was sent it
// stays only where the request may be sent again.
void Exchange::keep_body(base::Bytes bytes) {
  const bool waits = attempt_.request == nullptr;
  if (!waits && !may_need_replay()) {
    replayable_ = false;
    replay_.clear();
  }
  if (!replayable_) return;
  if (!waits && replay_.size() + bytes.size() > retry_config().replay_bytes) {
    replayable_ = false;
    replay_.clear();
    return;
  }
  replay_.append(bytes);
}

bool Exchange::may_need_replay() const {
  if (state_ != State::sending) return false;
  const pool::RetryConfig& config = retry_config();
  return config.attempts >= tries_ &&
         (http::is_idempotent(request_.method) || config.non_idempotent);
}

void Exchange::end(const http::Fields& trailers) noexcept {
  own_time_.touch(service_.loop);
  if (state_ == State::tunnelling) {
    // The stream is gone once both halves ended.
    http::MessageSink<http::RequestHead>* request = std::exchange(attempt_.request, nullptr);
    if (tunnel_ended_) attempt_.stream = nullptr;
    return request->end(trailers);
  }
  request_ended_ = true;
  if (state_ == State::done) return;
  last_activity_ = service_.loop.now();
  keep_trailers(trailers);
  if (attempt_.request != nullptr) attempt_.request->end(request_trailers_);
}

void Exchange::keep_trailers(const http::Fields& trailers) {
  base::Arena& arena = request_.arena;
  for (const http::Field& field : trailers.all()) {
    request_trailers_.add(arena, {arena.copy(field.name), arena.copy(field.value), field.id});
  }
}

// The request will not be completed. Unless the client is lost it still gets an answer.
void Exchange::abort(const Error& error) noexcept {
  own_time_.touch(service_.loop);
  if (state_ == State::done) {
    if (error_.cause == Cause::none && client_will_not_read(error)) error_ = error;
    return settle();
  }
  let_go_of_backend(error);
  if (client_will_not_read(error)) {
    error_ = error;
    move(Event::broken_off);
    return settle();
  }
  fail(error);
}

void Exchange::on_request_consumed(std::size_t bytes) {
  last_activity_ = service_.loop.now();
  attempt_.consumed += bytes;
  if (attempt_.consumed <= credited_) return;
  const auto fresh = static_cast<std::size_t>(attempt_.consumed - credited_);
  credited_ = attempt_.consumed;
  inbound_.consumed(fresh);
}

// ---- trying
// --------------------------------------------------------------------------------------

void Exchange::start_try() {
  const MonotonicTime now = service_.loop.now();
  auto index = group_->pick({.key = key_, .bound = visit_.home(), .excluded = tried_, .now = now});
  if (!index && tries_ > 0) index = group_->pick({.key = key_, .bound = visit_.home(), .now = now});
  if (!index) return note_nobody(pool::nobody_to_pick(*group_));
  ++tries_;
  attempt_ = {.backend = *index, .counted = true, .picked = now};
  if (tries_ > 1) current_try().choice = choice_now(flight::Moment::before_pick);
  trace_.tell_backend(request_, tries_);
  group_->selector().started(*index);
  group_->cells(*index).in_flight.add();
  const BackendPool::Lease lease = group_->pool(*index).lease(*this, wanted_connection());
  if (lease.stream != nullptr) return on_stream(*lease.stream);
  if (lease.error) return on_try_failed(lease.error);
  move(lease.in_line ? Event::wait_for_slot : Event::wait_for_connect);
  if (lease.in_line) group_->pool_cells().queue_length.add();
  if (!lease.in_line) attempt_.connecting = now;
  plan_timeout();
}

BackendPool::Want Exchange::wanted_connection() const {
  if (want_fresh_) return BackendPool::Want::fresh;
  const bool repeatable = http::is_idempotent(request_.method) || retry_config().non_idempotent;
  return repeatable ? BackendPool::Want::warm : BackendPool::Want::checked;
}

void Exchange::on_connecting() noexcept {
  own_time_.touch(service_.loop);
  leave_line();
  attempt_.connecting = service_.loop.now();
  move(Event::wait_for_connect);
}

// Whatever comes next: a slot, a connection somebody gave back, or no more patience.
void Exchange::leave_line() {
  if (state_ != State::queued) return;
  queue_time_ = service_.loop.now() - attempt_.picked;
  group_->pool_cells().queue_length.subtract(1);
  group_->pool_cells().queue.observe(queue_time_);
}

void Exchange::on_stream(http::OutboundStream& stream) noexcept {
  own_time_.touch(service_.loop);
  leave_line();
  move(Event::stream_leased);
  attempt_.leased = last_activity_ = service_.loop.now();
  attempt_.stream = &stream;
  attempt_.request = &stream.start(responses_, request_credit_);
  attempt_.reused = stream.reused();
  send_request();
  if (state_ == State::sending) plan_timeout();
}

void Exchange::send_request() {
  attempt_.request->head(request_);
  if (!replay_.empty()) {
    std::vector<iovec> slices(replay_.slice_count());
    const std::size_t count = replay_.slices(slices);
    for (std::size_t i = 0; i < count && attempt_.request != nullptr; ++i) {
      attempt_.request->body({static_cast<const char*>(slices[i].iov_base), slices[i].iov_len});
    }
    if (!may_need_replay()) {
      replayable_ = false;
      replay_.clear();
    }
  }
  if (request_ended_ && attempt_.request != nullptr) attempt_.request->end(request_trailers_);
}

const pool::RetryConfig& Exchange::retry_config() const {
  return retry_of(route_->config, group_->plan().config);
}

base::Duration Exchange::try_timeout() const {
  return try_timeout_of(route_->config, group_->plan().config);
}

// ---- failing
// -------------------------------------------------------------------------------------

void Exchange::on_try_failed(const Error& error) {
  own_time_.touch(service_.loop);
  attempt_.stream = nullptr;
  attempt_.request = nullptr;
  let_go_of_backend(error);
  if (state_ != State::responding && state_ != State::tunnelling && try_again(error)) return;
  fail(error);
}

bool Exchange::try_again(const Error& error) {
  const RetryDecision decision =
      decide_retry({.error = error,
                    .method = request_.method,
                    .tries = tries_,
                    .reused = attempt_.reused,
                    .replayable = replayable_ || request_.framing == http::Framing::none,
                    .timed_try = try_timeout().count() > 0},
                   retry_config());
  if (decision.verdict == RetryDecision::Verdict::give_up) return false;
  if (decision.charge_budget && !group_->retry_budget().take(service_.loop.now())) {
    group_->pool_cells().retry_budget_exhausted.add();
    answer(
        local_error(Cause::retry_budget, error.phase, "a retry was due, but the budget is empty"));
    return true;
  }
  group_->pool_cells().retries.add();
  if (tried_.size() == 0) tried_ = balancing::BackendMask(group_->plan().backends.size());
  tried_.set(attempt_.backend);
  want_fresh_ = decision.fresh_connection;
  move(Event::retry);
  if (group_->selector().has_usable_beside(tried_) || want_fresh_) {
    start_try();
  } else {
    service_.loop.arm_in(timer_, retry_config().backoff);
  }
  return true;
}

// The record of the try under way; a first one has none before it fails.
flight::TryRecord& Exchange::current_try() {
  if (made_tries_.size() < tries_) made_tries_.resize(tries_);
  return made_tries_.back();
}

void Exchange::end_try_record(const Error& error) {
  flight::TryRecord& made = current_try();
  made.backend = group_->plan().backends.name(attempt_.backend);
  made.picked = attempt_.picked;
  made.connecting = attempt_.connecting;
  made.leased = attempt_.leased;
  made.first_byte = attempt_.first_byte;
  made.ended = service_.loop.now();
  made.error = error;
  made.reused = attempt_.reused;
}

void Exchange::note_failed_try(const Error& error) {
  flight::TryRecord& made = current_try();
  if (made.choice.moment == flight::Moment::none) {
    made.choice = choice_now(flight::Moment::at_failure);
  }
  end_try_record(error);
}

void Exchange::note_nobody(const Error& error) {
  const MonotonicTime now = service_.loop.now();
  made_tries_.push_back({.picked = now, .ended = now, .error = error});
  made_tries_.back().choice = flight::choice_of(
      *group_, {.key = key_, .bound = visit_.home(), .excluded = tried_, .now = now}, std::nullopt,
      flight::Moment::before_pick);
  answer(error);
}

flight::Choice Exchange::choice_now(flight::Moment moment) {
  return flight::choice_of(
      *group_,
      {.key = key_, .bound = visit_.home(), .excluded = tried_, .now = service_.loop.now()},
      attempt_.backend, moment);
}

// The attempt is over: whoever waits or sends for it stops, and the backend's part is counted.
void Exchange::let_go_of_backend(const Error& error) {
  static_cast<pool::StreamWaiter&>(*this).unlink();
  timer_.cancel();
  if (attempt_.stream != nullptr) std::exchange(attempt_.stream, nullptr)->cancel(error);
  attempt_.request = nullptr;
  if (!attempt_.counted) return;
  note_failed_try(error);
  leave_line();
  if (pool::speaks_against_backend(error)) pool::note_failed(*group_, attempt_.backend);
  const bool by_backend = error.side == Side::backend;
  if (by_backend) {
    group_->cells(attempt_.backend).failures[static_cast<std::size_t>(error.cause)].add();
  }
  count_backend(by_backend ? balancing::Verdict::failure : balancing::Verdict::cancelled);
}

void Exchange::count_backend(balancing::Verdict verdict) {
  if (!std::exchange(attempt_.counted, false)) return;
  const MonotonicTime now = service_.loop.now();
  pool::BackendCells& cells = group_->cells(attempt_.backend);
  cells.in_flight.subtract(1);
  cells.duration.observe(now - attempt_.picked);
  const bool answered = attempt_.first_byte != MonotonicTime{};
  const base::Duration latency =
      answered ? attempt_.first_byte - attempt_.picked : now - attempt_.picked;
  group_->selector().finished(attempt_.backend, {verdict, latency, now});
  if (verdict != balancing::Verdict::success) return;
  if (pool::is_failure_status(status_)) {
    pool::note_failed(*group_, attempt_.backend);
  } else {
    pool::note_passed(*group_, attempt_.backend);
  }
}

void Exchange::fail(const Error& error) {
  if (state_ == State::responding || state_ == State::tunnelling) return cut(error);
  answer(error);
}

void Exchange::answer(const Error& error) {
  error_ = error;
  answer(error_reply(error));
}

void Exchange::answer(LocalReply reply) {
  move(Event::answered_here);
  timer_.cancel();
  status_ = reply.head.status;
  inbound_.cancel(error_);
  if (request_.method == http::Method::head) reply.head.framing = http::Framing::none;
  http::MessageSink<http::ResponseHead>& client = inbound_.respond(response_credit_);
  client.head(reply.head);
  if (reply.head.framing != http::Framing::none && !reply.body.empty()) client.body(reply.body);
  client.end({});
}

// Part of an answer left already: only an abort tells the client that the rest will not come.
void Exchange::cut(const Error& error) {
  error_ = error;
  move(Event::broken_off);
  settle();
  to_client_->abort(error);
}

// ---- time
// ----------------------------------------------------------------------------------------

MonotonicTime Exchange::phase_deadline() const {
  const pool::PoolTimeouts& timeouts = group_->plan().config.timeouts;
  base::Duration limit{0};
  if (state_ == State::sending && !is_clients_turn()) limit = timeouts.response_header;
  // Bytes the client has not taken yet are no fault of the backend's.
  if (state_ == State::responding && unconsumed_response_ == 0) limit = timeouts.response_idle;
  return limit.count() == 0 ? MonotonicTime::max() : last_activity_ + limit;
}

// The backend took all there is of a request that is still coming: whoever keeps it waiting is the
// client. One that expects a 100 has nothing to send before the backend speaks.
bool Exchange::is_clients_turn() const {
  const bool waits_for_continue = request_.expects_continue && received_ == 0;
  return !request_ended_ && !waits_for_continue && request_.upgrade == http::Upgrade::none &&
         attempt_.consumed == received_;
}

MonotonicTime Exchange::next_deadline() const {
  MonotonicTime due = phase_deadline();
  if (state_ == State::tunnelling) return due;
  if (route_->request_timeout.count() > 0) due = std::min(due, head_at_ + route_->request_timeout);
  if (state_ < State::responding && try_timeout().count() > 0) {
    due = std::min(due, attempt_.picked + try_timeout());
  }
  return due;
}

void Exchange::plan_timeout() {
  const MonotonicTime due = next_deadline();
  if (due == MonotonicTime::max()) {
    // Nothing limits this moment; look again, the state may change without a word.
    if (state_ != State::sending && state_ != State::responding) return;
    return service_.loop.arm_in(timer_, std::chrono::seconds(1));
  }
  service_.loop.arm(timer_, due);
}

void Exchange::on_timer() {
  own_time_.touch(service_.loop);
  if (state_ == State::admitted) return start_try();
  if (state_ == State::done) return;
  if (next_deadline() > service_.loop.now()) return plan_timeout();
  on_deadline();
}

void Exchange::on_deadline() {
  const MonotonicTime now = service_.loop.now();
  const bool whole =
      route_->request_timeout.count() > 0 && head_at_ + route_->request_timeout <= now;
  if (whole) {
    const Error error = local_error(Cause::deadline, phase(), "request deadline passed");
    let_go_of_backend(error);
    return fail(error);
  }
  Error error{.cause = Cause::response_timeout,
              .phase = phase(),
              .side = Side::backend,
              .sent = base::Sent::something,
              .detail = "backend sent nothing in time"};
  let_go_of_backend(error);
  if (state_ < State::responding && try_again(error)) return;
  fail(error);
}

}  // namespace poise::exchange
