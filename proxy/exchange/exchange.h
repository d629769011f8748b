// Leads one request from its head to the last byte of its response: finds the route, chooses a
// backend, leases a connection, forwards both ways, tries again where that is safe, and says what
// it came to. Owned by its inbound stream, on the worker's thread; ends when that stream ends. What
// is decided purely stands elsewhere: exchange_state.h, retry.h, route_table.h, prepare_request.h.
#pragma once

#include <optional>
#include <vector>

#include "proxy/base/buffer.h"
#include "proxy/base/free_list.h"
#include "proxy/exchange/access_record.h"
#include "proxy/exchange/attempt.h"
#include "proxy/exchange/exchange_state.h"
#include "proxy/exchange/http_service.h"
#include "proxy/exchange/local_reply.h"
#include "proxy/exchange/own_time.h"
#include "proxy/exchange/retry.h"
#include "proxy/exchange/sticky_visit.h"
#include "proxy/http/stream.h"

namespace poise::exchange {

class Exchange final : public base::Pooled<Exchange>,
                       public http::StreamHandler,
                       private pool::StreamWaiter {
 public:
  // `inbound` outlives the exchange, which keeps the service.
  Exchange(HttpService& service, http::InboundStream& inbound);
  ~Exchange() override;

  using base::Pooled<Exchange>::operator new;
  using base::Pooled<Exchange>::operator delete;

  // StreamHandler: the request as it comes from the client.
  void head(http::RequestHead& head) noexcept override;
  void body(base::Bytes bytes) noexcept override;
  void end(const http::Fields& trailers) noexcept override;
  void abort(const base::Error& error) noexcept override;
  void finished() noexcept override;

 private:
  // The other faces of an exchange, apart because their calls have the same names.
  struct Responses final : http::MessageSink<http::ResponseHead> {
    explicit Responses(Exchange& owner) : exchange(owner) {}
    void head(http::ResponseHead& head) noexcept override { exchange.on_response_head(head); }
    void body(base::Bytes bytes) noexcept override { exchange.on_response_body(bytes); }
    void end(const http::Fields& trailers) noexcept override { exchange.on_response_end(trailers); }
    void abort(const base::Error& error) noexcept override { exchange.on_try_failed(error); }
    Exchange& exchange;
  };
  struct RequestCredit final : http::MessageSource {
    explicit RequestCredit(Exchange& owner) : exchange(owner) {}
    void consumed(std::size_t bytes) noexcept override { exchange.on_request_consumed(bytes); }
    void cancel(const base::Error&) noexcept override {}
    Exchange& exchange;
  };
  struct ResponseCredit final : http::MessageSource {
    explicit ResponseCredit(Exchange& owner) : exchange(owner) {}
    void consumed(std::size_t bytes) noexcept override { exchange.on_response_consumed(bytes); }
    void cancel(const base::Error&) noexcept override {}
    Exchange& exchange;
  };

  // StreamWaiter
  void on_stream(http::OutboundStream& stream) noexcept override;
  void on_no_stream(const base::Error& error) noexcept override { on_try_failed(error); }
  void on_connecting() noexcept override;

  void move(Event event);
  void route();
  std::string greeting_for(const net::Address& client) const;

  void start_try();
  pool::BackendPool::Want wanted_connection() const;
  void send_request();
  void keep_body(base::Bytes bytes);
  void keep_trailers(const http::Fields& trailers);
  bool may_need_replay() const;
  void on_request_consumed(std::size_t bytes);

  void on_response_head(http::ResponseHead& head);
  void on_response_body(base::Bytes bytes);
  void on_response_end(const http::Fields& trailers);
  void on_response_consumed(std::size_t bytes);

  void on_try_failed(const base::Error& error);
  bool try_again(const base::Error& error);
  flight::TryRecord& current_try();
  void end_try_record(const base::Error& error);
  void note_failed_try(const base::Error& error);
  void note_nobody(const base::Error& error);
  flight::Choice choice_now(flight::Moment moment);
  void let_go_of_backend(const base::Error& error);
  void count_backend(balancing::Verdict verdict);

  void answer(const base::Error& error);
  void answer(LocalReply reply);
  void cut(const base::Error& error);
  void fail(const base::Error& error);

  bool is_clients_turn() const;
  base::MonotonicTime phase_deadline() const;
  base::MonotonicTime next_deadline() const;
  void plan_timeout();
  void on_timer();
  void on_deadline();

  const pool::RetryConfig& retry_config() const;
  base::Duration try_timeout() const;
  base::Phase phase() const;
  void leave_line();
  void note_bytes(std::size_t bytes);
  void count_bytes();
  int status_told() const;
  void settle();
  void count(base::Duration total, base::Duration own);
  base::Duration slowness_of(base::Duration total) const;
  bool is_recorded(base::Duration slowness) const;
  void complete_tries();
  flight::FlightRecord record(std::uint64_t id, base::Duration slowness);
  void tell(flight::FlightRecord record, bool recorded, bool traced);
  int logged_status() const;
  void write_log(std::uint64_t number, base::Duration total, base::Duration own);

  const base::Ref<HttpService> kept_service_;  // let go of last: all else leads into it
  HttpService& service_;
  http::InboundStream& inbound_;
  Responses responses_{*this};
  RequestCredit request_credit_{*this};
  ResponseCredit response_credit_{*this};
  http::MessageSink<http::ResponseHead>* to_client_ = nullptr;

  http::RequestHead request_;
  http::Fields request_trailers_;
  const RoutePlan* route_ = nullptr;
  std::size_t row_;  // of its cells
  pool::BackendGroup* group_ = nullptr;
  std::optional<net::Address> client_;  // where it is not the connection's own
  State state_ = State::admitted;
  bool request_ended_ = false;
  bool replayable_ = true;
  bool settled_ = false;
  bool want_fresh_ = false;
  bool tunnel_ended_ = false;
  std::uint64_t key_ = 0;  // what a hashing strategy balances by
  std::uint32_t tries_ = 0;
  int status_ = 0;

  Attempt attempt_;
  balancing::BackendMask tried_;
  StickyVisit visit_;
  tracing::RequestTrace trace_;
  std::vector<flight::TryRecord> made_tries_;  // by their number; none for a first one that is fine
  base::Buffer replay_;           // the request's body from its start, while it may be sent again
  base::ByteCount received_ = 0;  // of the request's body
  base::ByteCount credited_ = 0;
  std::size_t unconsumed_response_ = 0;
  std::size_t uncounted_ = 0;       // body bytes, either way
  base::ByteCount counted_in_ = 0;  // of this stream, in the listener's cells
  base::ByteCount counted_out_ = 0;
  base::Error error_;

  base::Timer timer_;
  base::MonotonicTime head_at_{};
  base::MonotonicTime last_activity_{};
  base::Duration queue_time_ = kNotReached;
  OwnTime own_time_;
};

}  // namespace poise::exchange
