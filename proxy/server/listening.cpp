#include "proxy/server/listening.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "proxy/net/listener.h"

namespace poise::server {
namespace {

std::string cannot_listen(const net::Address& address, int error) {
  return "cannot listen on " + address.text() + ": " + std::strerror(error);
}

template <class Visit>
void for_each_socket(const std::vector<OpenListener>& listeners, Visit visit) {
  for (const OpenListener& listener : listeners) {
    for (const OpenSocket& socket : listener.sockets) visit(socket);
  }
}

template <class Visit>
void for_each_queue(const std::vector<OpenListener>& listeners, std::size_t worker,
                    std::size_t workers, Visit visit) {
  for_each_socket(listeners, [&](const OpenSocket& socket) {
    for (std::size_t i = 0; i < socket.queues.size(); ++i) {
      if (accepts_from(i, worker, workers, socket.plan())) visit(socket, *socket.queues[i]);
    }
  });
}

bool has_socket(const std::vector<OpenListener>& listeners, std::uint64_t id) {
  bool found = false;
  for_each_socket(listeners, [&](const OpenSocket& socket) { found |= socket.id == id; });
  return found;
}

// A socket file is left behind by a process that ended in order only if nobody removes it.
void remove_paths(const std::vector<OpenListener>& gone, const std::vector<OpenListener>& kept) {
  for_each_socket(gone, [&](const OpenSocket& socket) {
    if (!socket.bound.is_unix() || socket.is_foreign || has_socket(kept, socket.id)) return;
    (void)::unlink(socket.bound.text().substr(sizeof "unix:" - 1).c_str());
  });
}

// 0, or an errno.
int listen_to_all(const ClientQueues& queues) {
  for (const auto& queue : queues) {
    if (const int error = net::start_listening(queue->fd.get())) return error;
  }
  return 0;
}

}  // namespace

std::vector<net::Address> addresses_beside(const std::vector<OpenListener>& listeners,
                                           const std::vector<OpenListener>& others) {
  std::vector<net::Address> addresses;
  for_each_socket(listeners, [&](const OpenSocket& socket) {
    if (!has_socket(others, socket.id)) addresses.push_back(socket.bound);
  });
  return addresses;
}

Listening::~Listening() { remove_paths(listeners_, others_); }

// ---- opening
// -------------------------------------------------------------------------------------

base::Result<PreparedListeners, std::string> Listening::prepare(
    const std::vector<conf::ListenerConfig>& wanted, std::size_t workers, std::size_t running) {
  PreparedListeners next;
  next.workers = workers;
  const std::vector<ListenerMatch> matches = match_listeners(listeners_, wanted);
  std::string error;
  for (std::size_t i = 0; i < wanted.size() && error.empty(); ++i) {
    error = add(wanted[i], matches[i], next);
  }
  if (error.empty()) error = copy_for_workers(running, next);
  // Last: whoever is let into a queue that is closed again would be reset.
  if (error.empty() && !is_beside_other_) {
    if (const int fault = listen_to_all(next.fresh)) {
      error = std::string("cannot listen: ") + std::strerror(fault);
    }
  }
  if (error.empty()) return next;
  remove_paths(next.listeners, listeners_);
  return base::Failure{std::move(error)};
}

std::string Listening::add(const conf::ListenerConfig& wanted, const ListenerMatch& match,
                           PreparedListeners& next) {
  OpenListener& listener = next.listeners.emplace_back();
  listener.name = wanted.name;
  listener.protocol = wanted.protocol;
  listener.max_connections = wanted.limits.connections;
  if (match.listener != nullptr) {
    listener.door = match.listener->door;
    listener.limit = match.listener->limit;
  } else {
    listener.door = ++last_id_;
    listener.limit = std::make_shared<ConnectionLimit>(wanted.limits.connections);
  }
  for (std::size_t i = 0; i < wanted.bind.size(); ++i) {
    std::string error;
    if (const OpenSocket* kept = match.sockets[i]) {
      listener.sockets.push_back(*kept);
      error = open_queues(listener.sockets.back(), next);
    } else {
      error = open_new(wanted.bind[i], listener, next);
    }
    if (!error.empty()) return error;
  }
  return {};
}

std::string Listening::open_new(const net::Address& address, OpenListener& listener,
                                PreparedListeners& next) {
  if (!is_our_port(address) && net::is_taken(address)) return cannot_listen(address, EADDRINUSE);
  OpenSocket fresh{.id = ++last_id_, .asked = address, .bound = address};
  std::string error = open_queues(fresh, next);
  // What was never bound is somebody else's, and not to be removed when this is taken back.
  if (!fresh.queues.empty()) listener.sockets.push_back(std::move(fresh));
  return error;
}

std::string Listening::open_queues(OpenSocket& socket, PreparedListeners& next) {
  while (socket.queues.size() < wanted_queues(next.workers, socket.plan())) {
    auto opened = net::bind_to(socket.bound);
    if (!opened) return cannot_listen(socket.asked, opened.error());
    socket.bound = opened->bound;
    socket.queues.push_back(
        std::make_shared<const ClientQueue>(ClientQueue{++last_id_, std::move(opened->fd)}));
    next.fresh.push_back(socket.queues.back());
  }
  return {};
}

std::set<SocketId> Listening::queues_of(std::size_t worker) const {
  std::set<SocketId> ids;
  for_each_queue(listeners_, worker, workers_,
                 [&](const OpenSocket&, const ClientQueue& queue) { ids.insert(queue.id); });
  return ids;
}

std::string Listening::copy_for_workers(std::size_t running, PreparedListeners& next) const {
  std::string error;
  next.opened.resize(next.workers);
  for (std::size_t worker = 0; worker < next.workers; ++worker) {
    const auto has = worker < running ? queues_of(worker) : std::set<SocketId>();
    const auto copy = [&](const OpenSocket& socket, const ClientQueue& queue) {
      if (has.count(queue.id) != 0) return;
      net::Fd fd(::fcntl(queue.fd.get(), F_DUPFD_CLOEXEC, 0));
      if (!fd) error = cannot_listen(socket.asked, errno);
      next.opened[worker].push_back({queue.id, std::move(fd)});
    };
    for_each_queue(next.listeners, worker, next.workers, copy);
  }
  return error;
}

// Our own sockets may share a port with what is opened beside them.
bool Listening::is_our_port(const net::Address& address) const {
  bool found = false;
  for_each_socket(listeners_, [&](const OpenSocket& socket) {
    found |= !socket.bound.is_unix() && socket.bound.port() == address.port();
  });
  return found && !address.is_unix();
}

void Listening::commit(PreparedListeners& next) {
  if (!is_beside_other_) remove_paths(listeners_, next.listeners);
  listeners_ = std::move(next.listeners);
  workers_ = next.workers;
  if (is_beside_other_) silent_ = std::move(next.fresh);
  for (const OpenListener& listener : listeners_) {
    listener.limit->set_most(listener.max_connections);
  }
}

// ---- beside another process
// ----------------------------------------------------------------------

void Listening::adopt(std::vector<InheritedSockets> inherited, Beside beside) {
  OpenListener& all = listeners_.emplace_back();
  all.door = ++last_id_;
  all.limit = std::make_shared<ConnectionLimit>(0);
  for (InheritedSockets& sockets : inherited) {
    OpenSocket& socket = all.sockets.emplace_back();
    socket.id = ++last_id_;
    socket.asked = sockets.asked;
    socket.bound = sockets.bound;
    socket.is_foreign = sockets.is_foreign;
    for (net::Fd& fd : sockets.queues) {
      socket.queues.push_back(
          std::make_shared<const ClientQueue>(ClientQueue{++last_id_, std::move(fd)}));
    }
  }
  if (beside == Beside::nobody) return;
  is_beside_other_ = true;
  others_ = listeners_;
}

std::string Listening::start_queueing() {
  const int error = listen_to_all(std::exchange(silent_, {}));
  return error == 0 ? "" : std::string("cannot listen: ") + std::strerror(error);
}

void Listening::take_over() {
  is_beside_other_ = false;
  remove_paths(std::exchange(others_, {}), listeners_);
}

void Listening::hand_over() { listeners_.clear(); }

void Listening::close() {
  for (OpenListener& listener : listeners_) {
    for (OpenSocket& socket : listener.sockets) socket.queues.clear();
  }
}

// ---- for the workers
// -----------------------------------------------------------------------------

std::vector<DoorSetup> Listening::closed_doors() const {
  std::vector<DoorSetup> doors;
  for (const OpenListener& listener : listeners_) {
    doors.push_back({.door = listener.door, .limit = listener.limit, .sockets = {}});
  }
  return doors;
}

std::vector<DoorSetup> Listening::doors(std::size_t worker) const {
  std::vector<DoorSetup> doors = closed_doors();
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    for (const OpenSocket& socket : listeners_[i].sockets) {
      for (std::size_t k = 0; k < socket.queues.size(); ++k) {
        if (!accepts_from(k, worker, workers_, socket.plan())) continue;
        doors[i].sockets.push_back(socket.queues[k]->id);
      }
    }
  }
  return doors;
}

}  // namespace poise::server
