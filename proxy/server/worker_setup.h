// What one worker is to serve from now on: a snapshot, and which of its sockets belong to which
// door. Made by the control thread for each worker and configuration; a door and a socket are known
// by numbers that are never used twice, so that a worker can tell what stays, moves, comes and
// goes.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "proxy/exchange/access_log_writer.h"
#include "proxy/net/fd.h"
#include "proxy/server/client_queues.h"
#include "proxy/server/connection_limit.h"
#include "proxy/server/snapshot.h"

namespace poise::server {

using DoorId = std::uint64_t;

struct DoorSetup {
  DoorId door = 0;  // one the worker has goes on with its connections
  std::shared_ptr<ConnectionLimit> limit;
  std::vector<SocketId> sockets;
};

struct OpenedSocket {
  SocketId id = 0;
  net::Fd fd;
};

struct WorkerSetup {
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<DoorSetup> doors;                  // by listener of the snapshot
  std::vector<OpenedSocket> opened;              // those the worker does not have yet
  std::shared_ptr<exchange::AccessLogFile> log;  // null: off
  int cpu = -1;                                  // to be pinned to; -1: not pinned
};

}  // namespace poise::server
