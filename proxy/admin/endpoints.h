// The list of everything the admin answers, and what its endpoints may look at. Endpoints of a kind
// have a file of their own; a new one is a function there and a line in the list.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/admin/endpoint.h"
#include "proxy/admin/event_streams.h"
#include "proxy/server/server.h"

namespace poise::admin {

// One scrape of the metrics at a time: who asks meanwhile gets the next one, together.
struct Scrapes {
  std::vector<Reply> waiting;
  bool is_under_way = false;
};

// Outlives the admin. All of it is used on the control loop only.
struct Facilities {
  server::Server& server;
  std::string version;
  EventStreams events{server.loop(), server.events()};
  std::shared_ptr<Scrapes> scrapes = std::make_shared<Scrapes>();
};

std::vector<Endpoint> endpoints(Facilities& facilities);

}  // namespace poise::admin
