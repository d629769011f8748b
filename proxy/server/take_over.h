// The new process's side of an upgrade: says that it is ready, and hears when it is in charge. The
// process before goes on until then, and is in charge if this one ends. Owned by the Server, on the
// control thread.
#pragma once

#include <string>

#include "proxy/net/line_pipe.h"

namespace poise::server {

class TakeOver final : private net::LinePipe::Events {
 public:
  class Owner {
   public:
    virtual void on_in_charge() noexcept = 0;
    // The process before has ended, and this is what it had counted.
    virtual void on_counters(const std::string& text) noexcept = 0;

   protected:
    ~Owner() = default;
  };

  TakeOver(net::Loop& loop, net::Fd pipe, net::Fd counters, Owner& owner);

  // From here on the process before may leave at any time. May be in charge before it returns,
  // where the process before is gone: nobody else is left to serve who waits in the sockets.
  void say_ready();
  // What the process before has counted so far.
  std::string counters() const;
  bool is_in_charge() const { return is_in_charge_; }

 private:
  void on_line(std::string_view line) noexcept override;
  void on_pipe_closed() noexcept override;
  void take_charge();

  Owner& owner_;
  net::Fd counters_;
  net::LinePipe pipe_;
  bool is_ready_ = false;
  bool is_alone_ = false;
  bool is_in_charge_ = false;
};

}  // namespace poise::server
