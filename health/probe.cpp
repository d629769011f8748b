#include "health/probe.h"

#include <array>
#include <cerrno>
#include <cstring>

namespace poise::health {

std::string_view to_text(Finding finding) {
  constexpr std::array<std::string_view, kFindings> kWords{
      "passed", "connect", "timeout", "protocol", "status", "body", "latency", "inconclusive"};
  return kWords[static_cast<std::size_t>(finding)];
}

Finding connect_finding(int system_error) {
  switch (system_error) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
      return Finding::inconclusive;
    case ETIMEDOUT:
      return Finding::timeout;
    default:
      return Finding::connect;
  }
}

std::string connect_text(int system_error) {
  return std::string("could not connect: ") + std::strerror(system_error);
}

Finding finding_of(const tls::ConnectFailure& failure) {
  return failure.in_tls ? Finding::protocol : connect_finding(failure.system);
}

std::string text_of(const tls::ConnectFailure& failure) {
  if (!failure.in_tls) return connect_text(failure.system);
  std::string text = "no TLS: " + failure.detail;
  if (failure.system != 0) text += std::string(" (") + std::strerror(failure.system) + ")";
  return text;
}

}  // namespace poise::health
