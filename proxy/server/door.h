// One worker's side of one listener: its sockets, and the connections that came in by them. When a
// limit is reached it stops accepting, so that further clients wait in the kernel's queue, and goes
// on when there is room. A new configuration keeps the door, its sockets and its connections.
// HttpDoor and TcpDoor say what a connection is. Owned by its worker.
#pragma once

#include <memory>
#include <vector>

#include "proxy/base/deferred.h"
#include "proxy/base/random.h"
#include "proxy/exchange/access_log_writer.h"
#include "proxy/exchange/route_record.h"
#include "proxy/net/listener.h"
#include "proxy/net/loop.h"
#include "proxy/net/pipe_pool.h"
#include "proxy/net/proxy_arrival.h"
#include "proxy/pool/group_set.h"
#include "proxy/server/secure_entrance.h"
#include "proxy/server/worker_setup.h"

namespace poise::server {

// What a worker gives to its doors of one configuration.
struct DoorParts {
  std::shared_ptr<const Snapshot> snapshot;
  const pool::Groups& groups;
  base::Random& random;
  net::PipePool& pipes;
  exchange::AccessLogWriter* log;  // nullptr: off
  flight::Recorder& recorder;
  tracing::SpanOutbox& spans;
  std::size_t worker;
};

class Door : public base::Deferred,
             private net::Listener::Events,
             private net::ProxyArrival::Events,
             private SecureEntrance::Events {
 public:
  // Told when the last connection of a draining door is gone.
  class Events {
   public:
    virtual void on_door_empty() noexcept = 0;

   protected:
    ~Events() = default;
  };
  // Of the listener and of the process; the latter outlives the door.
  struct Limits {
    std::shared_ptr<ConnectionLimit> listener;
    ConnectionLimit& process;
  };

  Door(net::Loop& loop, Limits limits, Events& events);

  // What is new begins by this listener of the parts' snapshot, which is of the door's kind.
  void follow(const ListenerSnapshot& listener, const DoorParts& parts);

  // How whoever is accepted from now on may begin.
  void expect(const ArrivalRules& rules) { arrival_rules_ = rules; }

  void listen(SocketId id, net::Fd fd);
  // Gives a socket away with the clients queued in it; empty when it is not here.
  net::Fd release(SocketId id);
  bool listens_to(SocketId id) const;
  // Takes what is queued in the others, then closes them.
  void listen_only_to(const std::vector<SocketId>& kept);
  // Takes what is queued, then accepts no more.
  void begin_drain();
  // Those that have been idle for so long.
  virtual void close_idle(base::Duration grace) = 0;
  void close_all();
  // Sessions that have nothing else than this backend; how many they were.
  virtual std::size_t close_all_to(const pool::BackendRecord&) { return 0; }
  // Those that still owe a PROXY header.
  void close_arrivals();

  bool is_draining_now() const { return draining_; }
  bool is_empty() const { return open_ == 0; }

 protected:
  // From now on, the connections that are open already too: a listener may get another name.
  void count_in(std::shared_ptr<exchange::ListenerRecord> record, std::size_t worker);
  exchange::ListenerCells& cells() { return *cells_; }
  virtual void take_up(const ListenerSnapshot& listener, const DoorParts& parts) = 0;
  virtual void close_connections() = 0;
  virtual void admit(net::Fd fd, net::ClientOrigin origin) = 0;
  // One that has shaken hands.
  virtual void admit(net::TransportPtr transport, std::unique_ptr<tls::Facts> facts,
                     net::ClientOrigin origin) = 0;
  virtual void note_refused(const net::Address& client, const tls::HandshakeFailure& failure) = 0;
  // Of somebody who never became a connection; counted where no route is known.
  virtual void count_refusal(base::Cause cause) = 0;
  // admit() kept no connection, or one it kept is gone.
  void on_connection_gone();

  net::Loop& loop_;

 private:
  struct Entrance {
    SocketId id;
    std::unique_ptr<net::Listener> listener;
  };

  void on_accepted(net::Fd fd, const net::Address& peer) noexcept override;
  void on_accept_failed(int error) noexcept override;
  void on_client_secured(net::TransportPtr transport, std::unique_ptr<tls::Facts> facts,
                         net::ClientOrigin origin) noexcept override;
  void on_client_refused(const net::Address& client,
                         const tls::HandshakeFailure& failure) noexcept override;
  void on_arrived(net::ProxyArrival& arrival) noexcept override;
  void on_arrival_failed(net::ProxyArrival& arrival, const base::Error& error) noexcept override;
  void begin(net::Fd fd, const net::Address& peer);
  void enter(net::Fd fd, net::ClientOrigin origin);
  bool may_name_clients(const net::Address& peer) const;
  void refuse(const net::Address& peer, const base::Error& error);
  bool is_full() const { return limits_.listener->is_full() || limits_.process.is_full(); }
  void look_for_room();

  Limits limits_;
  Events& events_;
  ArrivalRules arrival_rules_;
  std::vector<Entrance> entrances_;
  SecureEntrance secure_;
  base::OwningList<net::ProxyArrival> arrivals_;
  base::Timer room_check_;
  std::shared_ptr<exchange::ListenerRecord> record_;
  exchange::ListenerCells* cells_ = nullptr;  // its, this worker's
  std::size_t open_ = 0;
  bool draining_ = false;
  bool paused_ = false;
};

}  // namespace poise::server
