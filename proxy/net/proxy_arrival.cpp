#include "proxy/net/proxy_arrival.h"

#include <sys/socket.h>

#include <cerrno>

namespace poise::net {
namespace {

using base::Cause;

// The beginning of a header is left in the kernel, which then always has something to read: the
// rest is looked for by the clock. A trusted proxy sends it in one piece, or is soon done.
constexpr base::Duration kLookAgain = std::chrono::milliseconds(10);

base::MonotonicTime deadline_after(base::MonotonicTime now, base::Duration timeout) {
  return timeout.count() > 0 ? now + timeout : base::MonotonicTime::max();
}

bool is_later(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

}  // namespace

ProxyArrival::ProxyArrival(Loop& loop, Fd fd, const Address& peer, Rules rules, Events& events)
    : loop_(loop),
      proxy_(peer),
      rules_(rules),
      events_(events),
      watch_(loop, std::move(fd), static_cast<FdWatch::Events&>(*this)),
      timer_(base::Timer::calling<ProxyArrival, &ProxyArrival::on_timer>(this)),
      deadline_(deadline_after(loop.now(), rules.timeout)),
      origin_(peer) {}

void ProxyArrival::start() { look(); }

void ProxyArrival::look() {
  const auto room = loop_.scratch().first(kMostProxyHeader);
  const ssize_t count = ::recv(watch_.fd(), room.data(), room.size(), MSG_PEEK | MSG_DONTWAIT);
  if (count < 0) {
    return is_later(errno) ? wait() : fail(Cause::client_gone, "connection lost", errno);
  }
  if (count == 0) return fail(Cause::client_gone, "closed before a PROXY header");
  judge({room.data(), static_cast<std::size_t>(count)});
}

void ProxyArrival::judge(base::Bytes input) {
  using Found = ProxyScan::Found;
  ProxyHeader header;
  const ProxyScan scan = read_proxy_header(input, header);
  switch (scan.found) {
    case Found::incomplete:
      return wait_for_more();
    case Found::broken:
      return fail(Cause::request_malformed, scan.detail);
    case Found::nothing:
      if (rules_.required) return fail(Cause::request_malformed, "no PROXY header");
      return arrive(0);
    case Found::header:
      origin_.believe(std::move(header));
      return arrive(scan.length);
  }
}

void ProxyArrival::wait() {
  if (!watch_.start()) return fail(Cause::internal, "client socket cannot be watched");
  if (deadline_ != base::MonotonicTime::max()) loop_.arm(timer_, deadline_);
}

void ProxyArrival::wait_for_more() {
  watch_.pause();
  loop_.arm(timer_, std::min(loop_.now() + kLookAgain, deadline_));
}

void ProxyArrival::on_timer() {
  if (loop_.now() < deadline_) return look();
  if (rules_.required) return fail(Cause::header_timeout, "no whole PROXY header in time");
  arrive(0);
}

void ProxyArrival::arrive(std::size_t header_length) {
  const auto room = loop_.scratch().first(header_length);
  const bool taken = header_length == 0 || ::recv(watch_.fd(), room.data(), room.size(), 0) ==
                                               static_cast<ssize_t>(header_length);
  if (!taken) return fail(Cause::client_gone, "connection lost", errno);
  timer_.cancel();
  watch_.pause();
  events_.on_arrived(*this);
}

void ProxyArrival::fail(Cause cause, const char* detail, int system_error) {
  timer_.cancel();
  watch_.pause();
  events_.on_arrival_failed(*this, {.cause = cause,
                                    .phase = base::Phase::accept,
                                    .side = base::Side::client,
                                    .system = system_error,
                                    .detail = detail});
}

}  // namespace poise::net
