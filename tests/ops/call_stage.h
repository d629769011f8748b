// An admin that a test plays by hand: a port, and a call to it on a loop turned by the test.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "proxy/ops/admin_call.h"
#include "tests/net/turned_loop.h"

namespace poise::test {

class CallStage final : private ops::AdminCall::Events {
 public:
  CallStage();
  ~CallStage();

  ops::AdminTarget target;

  void call(ops::AdminRequest request, base::Duration timeout = std::chrono::seconds(5));
  // The far end of the call, once it connected.
  BarePeer& peer();
  // Takes the request, whatever it is, and answers it.
  void answer(const std::string& bytes);
  void hang_up() { call_.reset(); }
  TurnedLoop& turned() { return turned_; }
  ops::AdminCall& now() { return *call_; }

  std::string body;
  bool answered = false;
  std::optional<std::string> failure;

 private:
  void on_body(base::Bytes bytes) noexcept override { body.append(bytes); }
  void on_answered() noexcept override { answered = true; }
  void on_call_failed(std::string why) noexcept override { failure = std::move(why); }

  TurnedLoop turned_;
  BarePort port_;
  std::unique_ptr<ops::AdminCall> call_;
  BarePeer* peer_ = nullptr;
};

}  // namespace poise::test
