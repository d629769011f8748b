// The control thread's side of all listeners: which are open, under which numbers the workers know
// them, and the opening of what a configuration adds. Nothing changes before commit(), so a
// configuration that asks for an address somebody else has is refused as a whole. Sockets may also
// come from another process, which it goes on beside until take_over(); and go to another one by
// hand_over(). Owned by the server.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "conf/config.h"
#include "proxy/base/result.h"
#include "proxy/server/listener_match.h"
#include "proxy/server/worker_setup.h"

namespace poise::server {

// A configuration's listeners, opened but not yet in force.
struct PreparedListeners {
  std::size_t workers = 0;
  std::vector<OpenListener> listeners;            // in the order of the configuration
  std::vector<std::vector<OpenedSocket>> opened;  // by worker: copies of what it does not have yet
  ClientQueues fresh;                             // bound, and not listening yet
};

// The sockets of one address that were open before this process was.
struct InheritedSockets {
  net::Address asked;  // as the process before was configured
  net::Address bound;
  bool is_foreign = false;  // a supervisor opened them, and keeps them
  std::vector<net::Fd> queues;
};

// Who else listens to what was inherited, and may go on with it.
enum class Beside : std::uint8_t { nobody, other_process };

// Where the first ones listen and the others do not.
std::vector<net::Address> addresses_beside(const std::vector<OpenListener>& listeners,
                                           const std::vector<OpenListener>& others);

class Listening {
 public:
  Listening() = default;
  ~Listening();
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  // Before the first prepare(), which goes on with those it has a listener for.
  void adopt(std::vector<InheritedSockets> inherited, Beside beside);

  // For so many workers, of which the first `running` have all that is open now. The error is for
  // the user.
  base::Result<PreparedListeners, std::string> prepare(
      const std::vector<conf::ListenerConfig>& wanted, std::size_t workers, std::size_t running);
  // These are in force from now on. What they do not have is for the workers to close.
  void commit(PreparedListeners& next);

  // Beside another process nobody is let into a queue of this one's own, in case the other stays
  // in charge; by this they are. The error is for the user.
  std::string start_queueing();
  // The other process leaves: what it listened to and this one does not is gone.
  void take_over();
  // Another process goes on with the sockets: their files are its own now. Requires: the workers
  // are told to leave.
  void hand_over();
  // When the workers have closed theirs, nobody can connect any more.
  void close();

  const std::vector<OpenListener>& listeners() const { return listeners_; }
  // What a worker has to know, by listener.
  std::vector<DoorSetup> doors(std::size_t worker) const;
  // The same without a socket to accept from.
  std::vector<DoorSetup> closed_doors() const;

 private:
  std::string add(const conf::ListenerConfig& wanted, const ListenerMatch& match,
                  PreparedListeners& next);
  std::string open_new(const net::Address& address, OpenListener& listener,
                       PreparedListeners& next);
  std::string open_queues(OpenSocket& socket, PreparedListeners& next);
  std::string copy_for_workers(std::size_t running, PreparedListeners& next) const;
  std::set<SocketId> queues_of(std::size_t worker) const;
  bool is_our_port(const net::Address& address) const;

  std::vector<OpenListener> listeners_;
  std::size_t workers_ = 0;
  std::vector<OpenListener> others_;  // that another process still answers for, too
  bool is_beside_other_ = false;
  ClientQueues silent_;  // bound, to listen by start_queueing()
  std::uint64_t last_id_ = 0;
};

}  // namespace poise::server
