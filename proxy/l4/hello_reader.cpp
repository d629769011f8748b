#include "proxy/l4/hello_reader.h"

#include <sys/socket.h>

#include <cerrno>

namespace poise::l4 {

using base::Cause;

HelloReader::HelloReader(net::Loop& loop, net::Fd fd, base::Duration timeout, Events& events)
    : loop_(loop),
      timeout_(timeout),
      events_(events),
      watch_(loop, std::move(fd), static_cast<net::FdWatch::Events&>(*this)),
      timer_(base::Timer::calling<HelloReader, &HelloReader::on_timeout>(this)) {}

void HelloReader::start() {
  if (!watch_.start()) return fail(Cause::internal, "client socket cannot be watched");
  if (timeout_.count() > 0) loop_.arm_in(timer_, timeout_);
}

void HelloReader::read() {
  const auto room = loop_.scratch().first(ClientHelloParser::kMostBytes);
  const ssize_t count = ::recv(watch_.fd(), room.data(), room.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
  if (count < 0) return fail(Cause::client_gone, "client reset the connection", errno);
  if (count == 0) return fail(Cause::client_gone, "client closed before a whole ClientHello");
  const base::Bytes received(room.data(), static_cast<std::size_t>(count));
  bytes_.append(received);
  switch (parser_.feed(received)) {
    case ClientHelloParser::State::incomplete:
      return;
    case ClientHelloParser::State::complete:
      stop();
      return events_.on_hello();
    case ClientHelloParser::State::broken:
      refuse(parser_.alert());
      return fail(Cause::request_malformed, parser_.detail());
  }
}

// A client that closes its end is told as well; one that reads nothing misses nothing.
void HelloReader::refuse(TlsAlert alert) {
  const std::string record = alert_record(alert);
  (void)::send(watch_.fd(), record.data(), record.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void HelloReader::on_timeout() { fail(Cause::header_timeout, "no whole ClientHello in time"); }

void HelloReader::stop() {
  timer_.cancel();
  watch_.pause();
}

void HelloReader::fail(Cause cause, const char* detail, int system_error) {
  stop();
  events_.on_no_hello({.cause = cause,
                       .phase = base::Phase::tls,
                       .side = base::Side::client,
                       .system = system_error,
                       .detail = detail});
}

}  // namespace poise::l4
