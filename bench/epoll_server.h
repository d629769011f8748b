// The loop of a server of the bench: one epoll, one listener, connections that end at the end of
// the batch of events in which they were closed, as a later event of it may still name them.
// `Server` derives from it and says what a connection is: on_accepted(fd), on_event(tag, events).
// One thread; never returns.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "sockets.h"

namespace poise::bench {

template <class Server, class Connection>
class EpollServer {
 public:
  [[noreturn]] void run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const int count = epoll_.wait(events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) handle(events[static_cast<std::size_t>(i)]);
      closed_.clear();
    }
  }

 protected:
  explicit EpollServer(int port) : listener_(listen_on(port)) {
    epoll_.add(listener_, EPOLLIN, nullptr);
  }

  const Epoll& epoll() const { return epoll_; }
  // Its descriptors are closed already.
  void bury(Connection& connection) { closed_.emplace_back(&connection); }

 private:
  static constexpr int kAcceptsPerEvent = 64;

  void handle(const epoll_event& event) {
    if (event.data.ptr == nullptr) return accept_some();
    static_cast<Server*>(this)->on_event(event.data.ptr, event.events);
  }

  void accept_some() {
    for (int i = 0; i < kAcceptsPerEvent; ++i) {
      const int fd = accept_one(listener_);
      if (fd < 0) return;
      static_cast<Server*>(this)->on_accepted(fd);
    }
  }

  Epoll epoll_;
  int listener_;
  std::vector<std::unique_ptr<Connection>> closed_;
};

}  // namespace poise::bench
