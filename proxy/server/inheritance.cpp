#include "proxy/server/inheritance.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <utility>

#include "balancing/process_secret.h"
#include "proxy/net/supervisor.h"
#include "proxy/server/shared_text.h"

namespace poise::server {
namespace {

constexpr int kFirstActivated = 3;  // SD_LISTEN_FDS_START

void keep_from_children(int fd) { (void)::fcntl(fd, F_SETFD, FD_CLOEXEC); }

int option_of(int fd, int option) {
  int value = -1;
  socklen_t length = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

// Nothing where it is no stream socket that listens.
std::optional<net::Address> listens_at(int fd) {
  if (option_of(fd, SO_ACCEPTCONN) != 1 || option_of(fd, SO_TYPE) != SOCK_STREAM) {
    return std::nullopt;
  }
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  auto* address = reinterpret_cast<sockaddr*>(&bound);
  if (::getsockname(fd, address, &length) != 0) return std::nullopt;
  const bool is_known = address->sa_family == AF_INET || address->sa_family == AF_INET6 ||
                        address->sa_family == AF_UNIX;
  if (!is_known) return std::nullopt;
  return net::Address(address, length);
}

// ---- a supervisor's

int number_in(const char* name) {
  const std::string text = net::environment_value(name).value_or("");
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : -1;
}

base::Result<Inheritance, std::string> from_supervisor() {
  constexpr int kMost = 65536;
  const int count = number_in("LISTEN_FDS");
  const bool is_meant = number_in("LISTEN_PID") == ::getpid();
  for (const char* name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"}) ::unsetenv(name);
  Inheritance inherited;
  if (!is_meant || count <= 0 || count > kMost) return inherited;
  for (int fd = kFirstActivated; fd < kFirstActivated + count; ++fd) {
    keep_from_children(fd);
    const auto address = listens_at(fd);
    if (!address) {
      return base::Failure{"LISTEN_FDS: descriptor " + std::to_string(fd) +
                           " is no stream socket that listens"};
    }
    InheritedSockets& sockets = inherited.sockets.emplace_back();
    sockets.asked = sockets.bound = *address;
    sockets.is_foreign = true;
    sockets.queues.emplace_back(fd);
  }
  return inherited;
}

// ---- another process's

// Why not, or nothing.
std::string take(const HandOver::Sockets& handed, InheritedSockets& sockets) {
  sockets.asked = handed.asked;
  sockets.bound = handed.bound;
  sockets.is_foreign = handed.is_foreign;
  for (const int fd : handed.descriptors) {
    const auto address = fd < kFirstSocketDescriptor ? std::nullopt : listens_at(fd);
    if (!address || !(*address == handed.bound)) {
      return "descriptor " + std::to_string(fd) + " does not listen on " + handed.bound.text();
    }
    keep_from_children(fd);
    sockets.queues.emplace_back(fd);
  }
  return {};
}

std::string take_all(const HandOver& from, Inheritance& inherited) {
  std::string fault;
  for (const HandOver::Sockets& handed : from.sockets) {
    if (fault.empty()) fault = take(handed, inherited.sockets.emplace_back());
  }
  if (from.port && fault.empty()) fault = take(*from.port, inherited.port.emplace());
  return fault;
}

base::Result<Inheritance, std::string> from_other_process() {
  keep_from_children(kPipeDescriptor);
  Inheritance inherited;
  keep_from_children(kCountersDescriptor);
  inherited.pipe.reset(kPipeDescriptor);
  inherited.counters.reset(kCountersDescriptor);
  const net::Fd file(kHandOverDescriptor);
  auto from = hand_over_of(text_in(file));
  if (!from) return base::Failure{"cannot take over: what was handed over: " + from.error()};
  const std::string fault = take_all(*from, inherited);
  if (!fault.empty()) return base::Failure{"cannot take over: " + fault};
  balancing::replace_process_secret(from->sticky_secret);
  inherited.from = std::move(*from);
  return inherited;
}

}  // namespace

base::Result<Inheritance, std::string> inherit() {
  const bool is_upgrade = net::environment_value(kUpgradeVariable).has_value();
  ::unsetenv(kUpgradeVariable);
  auto activated = from_supervisor();
  return is_upgrade ? from_other_process() : std::move(activated);
}

}  // namespace poise::server
