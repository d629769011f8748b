// One end of a socket pair to another process of poise, which sends short lines of text, each way
// and now and then. Closes for good when the other end is gone or sends what is no line. Owned by
// whoever talks, on its loop.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/base/result.h"
#include "proxy/net/fd.h"
#include "proxy/net/loop.h"

namespace poise::net {

class LinePipe {
 public:
  static constexpr std::size_t kLongestLine = 4096;

  class Events {
   public:
    // Either may destroy the pipe.
    virtual void on_line(std::string_view line) noexcept = 0;
    virtual void on_pipe_closed() noexcept = 0;

   protected:
    ~Events() = default;
  };

  // Both ends, or an errno.
  static base::Result<std::pair<Fd, Fd>, int> make_pair();

  LinePipe(Loop& loop, Fd fd, Events& events);
  ~LinePipe();
  LinePipe(const LinePipe&) = delete;
  LinePipe& operator=(const LinePipe&) = delete;

  // Without its line end. False when the other end takes nothing any more.
  bool send(std::string_view line);

 private:
  struct Watch;
  void on_ready();
  void close();

  Loop& loop_;
  Fd fd_;
  Events& events_;
  std::string unread_;
  Watch* watch_;
};

}  // namespace poise::net
