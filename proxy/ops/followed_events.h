// Follows the events of an admin for as long as it lives: connects, parts the stream into events,
// and connects again when it is lost, from where it was. On the loop of whoever follows.
#pragma once

#include <memory>
#include <string>

#include "proxy/ops/admin_client.h"
#include "proxy/ops/event_text.h"

namespace poise::ops {

class FollowedEvents final : private AdminCall::Events {
 public:
  class Events {
   public:
    virtual void on_event(const ServerEvent& event) noexcept = 0;
    // There is no stream, or none any more; the next attempt is on its way.
    virtual void on_events_lost(const AdminFault& fault) noexcept = 0;

   protected:
    ~Events() = default;
  };

  FollowedEvents(net::Loop& loop, const AdminTarget& target, Events& events);

  void follow();

 private:
  void on_body(base::Bytes bytes) noexcept override;
  void on_answered() noexcept override;
  void on_call_failed(std::string why) noexcept override;
  bool is_stream() const;
  void lose(const AdminFault& fault);

  net::Loop& loop_;
  const AdminTarget& target_;
  Events& events_;
  base::Timer again_;
  EventText text_;
  std::string refusal_;  // the body of an answer that is no stream
  std::unique_ptr<AdminCall> call_;
};

}  // namespace poise::ops
