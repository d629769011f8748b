// The control thread's side of all listeners: which are open, under which numbers the workers know
// them, and the opening of what a configuration adds. Nothing changes before commit(), so a
// configuration that asks for an address somebody else has is refused as a whole. Each worker has a
// socket of its own for an IP address (SO_REUSEPORT); a Unix socket they share. Owned by the
// server.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "conf/config.h"
#include "proxy/base/result.h"
#include "proxy/server/listener_match.h"
#include "proxy/server/worker_setup.h"

namespace poise::server {

// A configuration's listeners, opened but not yet in force.
struct PreparedListeners {
  std::vector<OpenListener> listeners;            // in the order of the configuration
  std::vector<std::vector<OpenedSocket>> opened;  // by worker
  std::map<SocketId, net::Fd> shared;             // a copy of each new Unix socket
};

// Where the first ones listen and the others do not.
std::vector<net::Address> addresses_beside(const std::vector<OpenListener>& listeners,
                                           const std::vector<OpenListener>& others);

class Listening {
 public:
  Listening() = default;
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  // For so many workers, of which the first `running` have all that is open now. The error is for
  // the user.
  base::Result<PreparedListeners, std::string> prepare(
      const std::vector<conf::ListenerConfig>& wanted, std::size_t workers, std::size_t running);
  // These are in force from now on. What they do not have is for the workers to close.
  void commit(PreparedListeners& next);

  const std::vector<OpenListener>& listeners() const { return listeners_; }
  // What a worker has to know, by listener.
  std::vector<DoorSetup> doors() const;

 private:
  std::string add(const conf::ListenerConfig& wanted, const ListenerMatch& match,
                  std::size_t running, PreparedListeners& next);
  std::string open_new(const net::Address& address, OpenListener& listener,
                       PreparedListeners& next);
  std::string open_for_workers(OpenSocket& socket, std::size_t first, PreparedListeners& next);
  base::Result<net::Fd, int> open_one(OpenSocket& socket, PreparedListeners& next);
  bool is_our_port(const net::Address& address) const;

  std::vector<OpenListener> listeners_;
  std::map<SocketId, net::Fd> shared_;
  std::uint64_t last_id_ = 0;
};

}  // namespace poise::server
