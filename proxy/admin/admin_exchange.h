// One request to the admin: decides by its head whether it may come in, gathers its body, calls the
// endpoint, and sends the answer at the pace of its client. Owned by its connection, on the control
// loop.
#pragma once

#include <optional>
#include <string>

#include "proxy/admin/access_rules.h"
#include "proxy/admin/reply.h"
#include "proxy/admin/router.h"
#include "proxy/base/link.h"
#include "proxy/http/stream.h"
#include "proxy/net/loop.h"

namespace poise::admin {

// What the exchanges of one door share. Outlives them while they have anything to say.
struct Site {
  net::Loop& loop;
  Router router;
  AccessRules rules;
};

class AdminExchange final : public http::StreamHandler,
                            public base::Link<AdminExchange>,
                            private http::MessageSource,
                            private net::Task {
 public:
  AdminExchange(const Site& site, http::InboundStream& inbound) : site_(site), inbound_(inbound) {}
  ~AdminExchange() override;

  // The door closes: a stream, which would go on for ever, ends here.
  void end_if_streaming();

 private:
  friend class Reply;
  // answering: what waits is all there will be.
  enum class State { asked, streaming, answering, ended };

  // StreamHandler
  void head(http::RequestHead& head) noexcept override;
  void body(base::Bytes bytes) noexcept override;
  void end(const http::Fields& trailers) noexcept override;
  void abort(const base::Error& error) noexcept override;
  void finished() noexcept override;
  // MessageSource: of the answer
  void consumed(std::size_t bytes) noexcept override;
  void cancel(const base::Error& error) noexcept override;
  // Task
  void run() override { send_waiting(); }

  // Reply
  void on_reply_made(Reply::Line& line) { line_ = &line; }
  void on_reply_dropped();
  void send(Answer answer);
  void begin_stream(std::string_view type);
  bool write(std::string_view bytes);
  void end_stream();

  // What keeps the request from its endpoint; nothing where it may go on.
  std::optional<Answer> objection() const;
  void turn_away(Answer answer);
  void welcome_body();
  void begin(const Answer& answer, http::Framing framing);
  void send_waiting();
  void cut();
  void note_change(int status) const;
  void hang_up();

  const Site& site_;
  http::InboundStream& inbound_;
  http::MessageSink<http::ResponseHead>* client_ = nullptr;
  http::RequestHead request_;
  Found found_;
  std::string request_body_;
  Reply::Line* line_ = nullptr;
  std::string waiting_;         // of the answer's body
  std::size_t sent_ = 0;        // of waiting_
  std::size_t unconsumed_ = 0;  // given to the connection, credit not back yet
  State state_ = State::asked;
};

}  // namespace poise::admin
