// GET /api/v1/events: the hub's events as server-sent events (WHATWG HTML section 9.2), for as many
// clients as are let in. One that comes back says which it saw last, in Last-Event-ID or
// `?after=ID`, and is told what is kept since, and how many events are not kept any more. A comment
// each 15 s shows both ends that the other is there. A client that does not read is dropped by its
// Reply, and nobody waits for it. Belongs to the admin, on the control loop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/admin/endpoint.h"
#include "proxy/net/loop.h"
#include "proxy/server/event_hub.h"

namespace poise::admin {

class EventStreams {
 public:
  static constexpr base::Duration kKeepAlive = std::chrono::seconds(15);
  static constexpr std::size_t kMost = 32;  // half of the door's connections

  // Both outlive it.
  EventStreams(net::Loop& loop, server::EventHub& hub);
  ~EventStreams();

  void open(const Request& request, Reply reply);
  std::size_t count() const { return streams_.size(); }

 private:
  class Stream;

  void repeat(std::uint64_t seen, Stream& stream);
  void on_keep_alive();
  void forget_ended();

  net::Loop& loop_;
  server::EventHub& hub_;
  base::Timer keep_alive_;
  std::vector<std::unique_ptr<Stream>> streams_;
};

// As it stands in the stream, with the empty line behind it.
std::string event_text(const server::Event& event);

}  // namespace poise::admin
