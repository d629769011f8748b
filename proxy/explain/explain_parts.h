// The parts of explain(): what one listener does, and what a pool does with what comes to it.
#pragma once

#include <cstddef>
#include <string_view>

#include "proxy/exchange/route_plan.h"
#include "proxy/explain/explain.h"
#include "proxy/http/message.h"

namespace poise::explain {

// Fill in what `answer` does not have yet: its listener's name, binds and protocol are there.
void explain_http(const Scene& scene, std::size_t listener, const Question& question,
                  ListenerAnswer& answer);
void explain_tcp(const Scene& scene, std::size_t listener, const Question& question,
                 ListenerAnswer& answer);

// Who asks a pool: `request` is as it came, nullptr for a session, which may name a server.
struct Asker {
  const http::RequestHead* request;
  const net::Address& client;
  std::string_view server_name{};
};

// The pools the route leads to, each with its share.
std::vector<PoolChoice> explain_pools(const Scene& scene, const exchange::RoutePlan& route,
                                      const Asker& asker);

}  // namespace poise::explain
