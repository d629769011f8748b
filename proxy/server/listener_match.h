// Which open listener a configured one goes on with, and which of its sockets: a reload keeps the
// connections of the first and the clients queued in the second. Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "conf/config.h"
#include "proxy/net/address.h"
#include "proxy/server/client_queues.h"
#include "proxy/server/worker_setup.h"

namespace poise::server {

struct OpenSocket {
  std::uint64_t id = 0;  // of the address listened to; never used twice
  net::Address asked;    // as configured: port 0 is any
  net::Address bound;
  bool is_foreign = false;  // a supervisor opened it, and keeps it
  ClientQueues queues{};

  QueuePlan plan() const {
    return is_foreign || bound.is_unix() ? QueuePlan::shared : QueuePlan::one_each;
  }
};

struct OpenListener {
  DoorId door = 0;
  std::string name;
  conf::Protocol protocol = conf::Protocol::http;
  std::vector<OpenSocket> sockets;  // in the order of the configuration
  std::shared_ptr<ConnectionLimit> limit;
  std::uint32_t max_connections = 0;  // that `limit` gets with this configuration
};

struct ListenerMatch {
  const OpenListener* listener = nullptr;  // nullptr: a new one
  std::vector<const OpenSocket*> sockets;  // by bind; nullptr: to be opened
};

// By listener of `wanted`. A listener is the same when its protocol and its name are, or, where no
// name fits, when it listens to the same address; a socket is the same when its address is, and may
// come from any listener.
std::vector<ListenerMatch> match_listeners(const std::vector<OpenListener>& open,
                                           const std::vector<conf::ListenerConfig>& wanted);

}  // namespace poise::server
