// Asks an admin for one path, over and over: each answer, then a pause, then again. On the loop of
// whoever follows it; nothing is reported once it is destroyed, which its own events must not do.
#pragma once

#include <memory>
#include <string>

#include "proxy/ops/admin_client.h"
#include "proxy/ops/json_read.h"

namespace poise::ops {

class AskedJson final : private AdminCall::Events {
 public:
  class Events {
   public:
    virtual void on_json(const Json& json) noexcept = 0;
    virtual void on_json_failed(const AdminFault& fault) noexcept = 0;

   protected:
    ~Events() = default;
  };

  AskedJson(net::Loop& loop, const AdminTarget& target, std::string path, base::Duration pause,
            Events& events);

  void ask();

 private:
  void on_body(base::Bytes bytes) noexcept override { text_.append(bytes); }
  void on_answered() noexcept override;
  void on_call_failed(std::string why) noexcept override;
  void judge();

  net::Loop& loop_;
  const AdminTarget& target_;
  std::string path_;
  base::Duration pause_;
  Events& events_;
  base::Timer again_;
  std::string text_;
  std::unique_ptr<AdminCall> call_;
};

}  // namespace poise::ops
