// One request to the admin of a running poise and its answer, on a loop. The answer's body is
// handed on as it comes, so that a stream of events can be followed. Silence for longer than the
// timeout is a fault. Owned by whoever asks, on the loop's thread; not to be destroyed within its
// own events. Destroying it closes the connection.
#pragma once

#include <memory>
#include <string>

#include "proxy/http/h1_outbound.h"
#include "proxy/net/connector.h"
#include "proxy/ops/admin_target.h"

namespace poise::ops {

struct AdminRequest {
  std::string method = "GET";
  std::string target{};  // path and query as they stand on the wire
  std::string body{};
  std::string accept = "application/json";
  std::string last_event_id{};
};

class AdminCall final : private net::Connector::Events,
                        private http::OutboundOwner,
                        private http::MessageSink<http::ResponseHead>,
                        private http::MessageSource,
                        private net::Task {
 public:
  class Events {
   public:
    virtual void on_body(base::Bytes bytes) noexcept = 0;
    // The answer is over.
    virtual void on_answered() noexcept = 0;
    // There is none, or not all of it; `why` names what was seen.
    virtual void on_call_failed(std::string why) noexcept = 0;

   protected:
    ~Events() = default;
  };

  AdminCall(net::Loop& loop, const AdminTarget& target, AdminRequest request,
            base::Duration timeout, Events& events);
  ~AdminCall();

  // Reports from the loop, never from within this call.
  void start();

  int status() const { return status_; }  // 0: no head yet
  const std::string& content_type() const { return content_type_; }

 private:
  void on_connected(net::TransportPtr transport) noexcept override;
  void on_connect_failed(int error) noexcept override;
  void on_outbound_idle(http::H1Outbound& connection) noexcept override { connection.retire(); }
  void on_outbound_closed(http::H1Outbound&, bool) noexcept override;
  void head(http::ResponseHead& head) noexcept override;
  void body(base::Bytes bytes) noexcept override;
  void end(const http::Fields&) noexcept override;
  void abort(const base::Error& error) noexcept override;
  void consumed(std::size_t bytes) noexcept override;
  void cancel(const base::Error&) noexcept override {}
  void run() override { send_body(); }

  void send_head();
  void send_body();
  void add_fields(http::RequestHead& head) const;
  void note_progress() { loop_.arm_in(timer_, timeout_); }
  void on_timeout();
  void fail(std::string why);

  net::Loop& loop_;
  const AdminTarget& target_;
  AdminRequest request_;
  base::Duration timeout_;
  Events& events_;
  net::Connector connector_;
  base::Timer timer_;
  std::unique_ptr<http::H1Outbound> connection_;
  http::OutboundStream* stream_ = nullptr;  // while its answer is not over
  http::MessageSink<http::RequestHead>* sink_ = nullptr;
  std::string content_type_;
  std::size_t sent_ = 0;        // of the body
  std::size_t unreturned_ = 0;  // of that, what has not left yet
  int status_ = 0;
  bool done_ = false;
};

}  // namespace poise::ops
