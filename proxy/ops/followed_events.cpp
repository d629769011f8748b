#include "proxy/ops/followed_events.h"

#include <utility>

namespace poise::ops {
namespace {

// There is a tick each second.
constexpr auto kSilence = std::chrono::seconds(5);
constexpr auto kPause = std::chrono::seconds(1);

}  // namespace

FollowedEvents::FollowedEvents(net::Loop& loop, const AdminTarget& target, Events& events)
    : loop_(loop),
      target_(target),
      events_(events),
      again_(base::Timer::calling<FollowedEvents, &FollowedEvents::follow>(this)) {}

void FollowedEvents::follow() {
  const std::string last_id = text_.last_id();
  text_ = EventText(last_id);
  refusal_.clear();
  AdminRequest request{.target = "/api/v1/events"};
  request.accept = "text/event-stream";
  request.last_event_id = last_id;
  call_ = std::make_unique<AdminCall>(loop_, target_, std::move(request), kSilence,
                                      static_cast<AdminCall::Events&>(*this));
  call_->start();
}

bool FollowedEvents::is_stream() const {
  return call_->status() == 200 && call_->content_type().starts_with("text/event-stream");
}

void FollowedEvents::on_body(base::Bytes bytes) noexcept {
  if (!is_stream()) {
    refusal_.append(bytes);
    return;
  }
  for (const ServerEvent& event : text_.take(bytes)) events_.on_event(event);
}

void FollowedEvents::on_answered() noexcept {
  if (is_stream()) return lose(unreachable(target_, "the stream of events ended"));
  const AdminReply reply{call_->status(), call_->content_type(), refusal_};
  const auto fault = fault_of(target_, reply);
  lose(fault ? *fault
             : AdminFault{kRequestFault,
                          "poise answers " + std::to_string(reply.status) + " to /api/v1/events"});
}

void FollowedEvents::on_call_failed(std::string why) noexcept { lose(unreachable(target_, why)); }

void FollowedEvents::lose(const AdminFault& fault) {
  loop_.arm_in(again_, kPause);
  events_.on_events_lost(fault);
}

}  // namespace poise::ops
