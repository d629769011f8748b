#include "proxy/ops/asked_json.h"

#include <utility>

namespace poise::ops {
namespace {

constexpr auto kPatience = std::chrono::seconds(5);

}  // namespace

AskedJson::AskedJson(net::Loop& loop, const AdminTarget& target, std::string path,
                     base::Duration pause, Events& events)
    : loop_(loop),
      target_(target),
      path_(std::move(path)),
      pause_(pause),
      events_(events),
      again_(base::Timer::calling<AskedJson, &AskedJson::ask>(this)) {}

void AskedJson::ask() {
  text_.clear();
  call_ = std::make_unique<AdminCall>(loop_, target_, AdminRequest{.target = path_}, kPatience,
                                      static_cast<AdminCall::Events&>(*this));
  call_->start();
}

void AskedJson::on_answered() noexcept {
  loop_.arm_in(again_, pause_);
  judge();
}

void AskedJson::on_call_failed(std::string why) noexcept {
  loop_.arm_in(again_, pause_);
  events_.on_json_failed(unreachable(target_, why));
}

void AskedJson::judge() {
  const AdminReply reply{call_->status(), call_->content_type(), std::move(text_)};
  if (const auto fault = fault_of(target_, reply)) return events_.on_json_failed(*fault);
  if (!reply.ok()) {
    return events_.on_json_failed(
        {kRequestFault, "poise answers " + std::to_string(reply.status) + " to " + path_});
  }
  events_.on_json(reply.json());
}

}  // namespace poise::ops
