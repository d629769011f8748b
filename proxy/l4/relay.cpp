#include "proxy/l4/relay.h"

#include "proxy/net/socket.h"

namespace poise::l4 {

using base::Cause;
using base::Error;
using base::Phase;
using base::Side;

namespace {

constexpr base::ByteCount kTellEvery = 256 * 1024;

}  // namespace

Relay::Relay(net::Loop& loop, net::PipePool& pipes, Events& events)
    : loop_(loop),
      events_(events),
      to_backend_(loop, pipes),
      to_client_(loop, pipes),
      client_(*this, to_backend_, to_client_),
      backend_(*this, to_client_, to_backend_),
      timer_(base::Timer::calling<Relay, &Relay::on_timer>(this)) {}

bool Relay::open_client(net::Fd fd) {
  client_.transport = net::Socket::open(loop_, std::move(fd), client_);
  if (client_.transport == nullptr) return false;
  client_.transport->pause_reading();
  return true;
}

void Relay::open_client(net::TransportPtr transport) {
  client_.transport = std::move(transport);
  client_.transport->pause_reading();
  client_.transport->set_events(client_);
}

void Relay::start(net::TransportPtr backend, base::Duration idle, base::Buffer&& first) {
  backend_.transport = std::move(backend);
  backend_.transport->set_events(backend_);
  to_backend_.connect(*client_.transport, *backend_.transport);
  to_client_.connect(*backend_.transport, *client_.transport);
  backend_.transport->resume_reading();
  client_.transport->resume_reading();
  idle_ = idle;
  last_activity_ = loop_.now();
  if (idle_.count() > 0) loop_.arm(timer_, last_activity_ + idle_);
  if (first.empty()) return;
  to_backend_.begin_with(std::move(first));
  after(to_backend_, to_client_);
}

void Relay::Peer::on_readable() noexcept {
  reads.on_source_readable();
  relay.after(reads, writes);
}

void Relay::Peer::on_writable(int error) noexcept {
  writes.on_sink_writable(error);
  relay.after(writes, reads);
}

void Relay::after(Flow& flow, Flow& opposite) {
  using State = Flow::State;
  last_activity_ = loop_.now();
  tell_moved();
  if (first_byte_ == base::MonotonicTime{} && to_client_.moved() > 0) first_byte_ = loop_.now();
  switch (flow.state()) {
    case State::flowing:
    case State::blocked:
      return;
    case State::ended:
      if (opposite.state() == State::ended) end({});
      return;
    case State::sink_lost:
      // A peer that refuses more may have said why before it closed: that is still to be read.
      if (opposite.state() == State::flowing) opposite.on_source_readable();
      return end(loss_in(flow));
    case State::source_lost:
      return end(loss_in(flow));
  }
}

void Relay::tell_moved() {
  const base::ByteCount moved = bytes_in() + bytes_out();
  if (moved - told_ < kTellEvery) return;
  told_ = moved;
  events_.on_relay_moved();
}

Error Relay::loss_in(const Flow& flow) const {
  const bool reading = flow.state() == Flow::State::source_lost;
  const bool client = (&flow == &to_backend_) == reading;
  return {.cause = client ? Cause::client_gone : Cause::response_reset,
          .phase = Phase::tunnel,
          .side = client ? Side::client : Side::backend,
          .sent = base::Sent::something,
          .system = flow.system_error(),
          .detail = client ? "client reset the connection" : "backend reset the connection"};
}

void Relay::end(const Error& error) {
  if (error) {
    reset();
  } else {
    close();
  }
  events_.on_relay_ended(error);
}

void Relay::reset() {
  if (client_.transport != nullptr) client_.transport->reset_on_close();
  if (backend_.transport != nullptr) backend_.transport->reset_on_close();
  close();
}

void Relay::close() {
  timer_.cancel();
  to_backend_.stop();
  to_client_.stop();
  client_.transport.reset();
  backend_.transport.reset();
}

// ---- time
// ----------------------------------------------------------------------------------------

// Bytes store the time only; the timer looks for itself when it fires.
void Relay::on_timer() {
  if (last_activity_ + idle_ <= loop_.now() && is_being_read()) last_activity_ = loop_.now();
  if (last_activity_ + idle_ > loop_.now()) return loop_.arm(timer_, last_activity_ + idle_);
  end({.cause = Cause::request_timeout,
       .phase = Phase::tunnel,
       .side = Side::local,
       .sent = base::Sent::something,
       .detail = "no byte either way for the idle timeout"});
}

// The kernel holds megabytes for a slow reader: what it acknowledges shows that it still reads.
bool Relay::is_being_read() {
  const std::size_t left =
      client_.transport->unacknowledged() + backend_.transport->unacknowledged();
  return left != std::exchange(unacknowledged_, left);
}

}  // namespace poise::l4
