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

bool has_socket(const std::vector<OpenListener>& listeners, SocketId id) {
  bool found = false;
  for_each_socket(listeners, [&](const OpenSocket& socket) { found |= socket.id == id; });
  return found;
}

// A socket file is left behind by a process that ended in order only if nobody removes it.
void remove_paths(const std::vector<OpenListener>& gone, const std::vector<OpenListener>& kept) {
  for_each_socket(gone, [&](const OpenSocket& socket) {
    if (!socket.bound.is_unix() || has_socket(kept, socket.id)) return;
    (void)::unlink(socket.bound.text().substr(sizeof "unix:" - 1).c_str());
  });
}

net::Fd copy_of(const net::Fd& fd) { return net::Fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0)); }

}  // namespace

std::vector<net::Address> addresses_beside(const std::vector<OpenListener>& listeners,
                                           const std::vector<OpenListener>& others) {
  std::vector<net::Address> addresses;
  for_each_socket(listeners, [&](const OpenSocket& socket) {
    if (!has_socket(others, socket.id)) addresses.push_back(socket.bound);
  });
  return addresses;
}

Listening::~Listening() { remove_paths(listeners_, {}); }

base::Result<PreparedListeners, std::string> Listening::prepare(
    const std::vector<conf::ListenerConfig>& wanted, std::size_t workers, std::size_t running) {
  PreparedListeners next;
  next.opened.resize(workers);
  const std::vector<ListenerMatch> matches = match_listeners(listeners_, wanted);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    std::string error = add(wanted[i], matches[i], std::min(running, workers), next);
    if (error.empty()) continue;
    remove_paths(next.listeners, listeners_);
    return base::Failure{std::move(error)};
  }
  return next;
}

std::string Listening::add(const conf::ListenerConfig& wanted, const ListenerMatch& match,
                           std::size_t running, PreparedListeners& next) {
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
      error = open_for_workers(listener.sockets.back(), running, next);
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
  listener.sockets.push_back({.id = ++last_id_, .asked = address, .bound = address});
  return open_for_workers(listener.sockets.back(), 0, next);
}

std::string Listening::open_for_workers(OpenSocket& socket, std::size_t first,
                                        PreparedListeners& next) {
  for (std::size_t worker = first; worker < next.opened.size(); ++worker) {
    auto fd = open_one(socket, next);
    if (!fd) return cannot_listen(socket.asked, fd.error());
    next.opened[worker].push_back({socket.id, std::move(*fd)});
  }
  return {};
}

base::Result<net::Fd, int> Listening::open_one(OpenSocket& socket, PreparedListeners& next) {
  for (const auto* shared : {&shared_, &next.shared}) {
    const auto found = shared->find(socket.id);
    if (found != shared->end()) return copy_of(found->second);
  }
  auto opened = net::listen_on(socket.bound);
  if (!opened) return base::Failure{opened.error()};
  socket.bound = opened->bound;
  if (socket.bound.is_unix()) next.shared.emplace(socket.id, copy_of(opened->fd));
  return std::move(opened->fd);
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
  remove_paths(listeners_, next.listeners);
  listeners_ = std::move(next.listeners);
  for (const OpenListener& listener : listeners_) {
    listener.limit->set_most(listener.max_connections);
  }
  shared_.merge(next.shared);
  std::erase_if(shared_,
                [this](const auto& entry) { return !has_socket(listeners_, entry.first); });
}

std::vector<DoorSetup> Listening::doors() const {
  std::vector<DoorSetup> doors;
  for (const OpenListener& listener : listeners_) {
    DoorSetup& setup = doors.emplace_back();
    setup.door = listener.door;
    setup.limit = listener.limit;
    for (const OpenSocket& socket : listener.sockets) setup.sockets.push_back(socket.id);
  }
  return doors;
}

}  // namespace poise::server
