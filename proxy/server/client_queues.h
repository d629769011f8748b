// The sockets that listen to one address: in each the kernel queues clients of its own
// (SO_REUSEPORT), so that workers need not contend for them. To close one resets whoever was just
// about to be queued in it, so there are never fewer of them while the address is listened to:
// those beyond the number of workers are shared by all of these. The control thread keeps each
// socket, workers get copies. Pure but for owning descriptors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "proxy/net/fd.h"

namespace poise::server {

using SocketId = std::uint64_t;  // never used twice

struct ClientQueue {
  SocketId id = 0;
  net::Fd fd;
};
using ClientQueues = std::vector<std::shared_ptr<const ClientQueue>>;

// One for each worker, or one that all of them share: of a Unix socket, and of one that a
// supervisor opened, there can be no second.
enum class QueuePlan : std::uint8_t { one_each, shared };

// Whether this worker, one of `workers`, accepts from the queue of this number.
constexpr bool accepts_from(std::size_t queue, std::size_t worker, std::size_t workers,
                            QueuePlan plan) {
  return plan == QueuePlan::shared || queue == worker || queue >= workers;
}

// How many queues so many workers want.
constexpr std::size_t wanted_queues(std::size_t workers, QueuePlan plan) {
  return plan == QueuePlan::shared ? 1 : workers;
}

}  // namespace poise::server
