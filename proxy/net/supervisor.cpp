#include "proxy/net/supervisor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace poise::net {
namespace {

std::optional<std::uint64_t> number_in(const char* name) {
  const auto text = environment_value(name);
  if (!text) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

std::optional<base::Duration> watchdog_for(Supervisor::Watched watched) {
  constexpr std::uint64_t kLongest = 1'000'000ull * 60 * 60 * 24;
  const auto microseconds = number_in("WATCHDOG_USEC");
  const auto pid = number_in("WATCHDOG_PID");
  if (!microseconds || *microseconds == 0 || *microseconds > kLongest) return std::nullopt;
  const bool is_meant = !pid || *pid == static_cast<std::uint64_t>(::getpid());
  if (!is_meant && watched == Supervisor::Watched::if_meant) return std::nullopt;
  return std::chrono::microseconds(*microseconds);
}

// CLOCK_MONOTONIC, as Type=notify-reload wants it.
std::uint64_t monotonic_microseconds() {
  timespec now{};
  (void)::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
         static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

}  // namespace

std::optional<std::string> environment_value(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return std::nullopt;
  return value;
}

Supervisor::Supervisor(Watched watched) {
  const auto path = environment_value("NOTIFY_SOCKET");
  if (!path || path->size() < 2 || path->size() >= sizeof(sockaddr_un::sun_path)) return;
  if (path->front() != '/' && path->front() != '@') return;
  path_ = *path;
  fd_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd_) watchdog_ = watchdog_for(watched);
}

void Supervisor::tell(std::string_view lines) const {
  if (!fd_) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path_.data(), path_.size());
  if (path_.front() == '@') address.sun_path[0] = '\0';
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path_.size());
  (void)::sendto(fd_.get(), lines.data(), lines.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&address), length);
}

void Supervisor::ready(std::string_view status) const {
  tell("READY=1\nSTATUS=" + std::string(status));
}

void Supervisor::reloading() const {
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_microseconds()));
}

void Supervisor::stopping() const { tell("STOPPING=1\nSTATUS=draining"); }

void Supervisor::main_process_is(int pid) const { tell("MAINPID=" + std::to_string(pid)); }

}  // namespace poise::net
