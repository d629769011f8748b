// The proxy a torture suite is run against, before a backend on a known port: poise, or, to compare
// and to see that the suite can fail, the peer named by POISE_TORTURE_PROXY (nginx or haproxy) with
// a plain configuration. GET /denied... is answered 403 by the proxy itself. Used by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/live_poise.h"

namespace poise::support {

class ProxyUnderTest {
 public:
  explicit ProxyUnderTest(std::uint16_t backend_port);

  std::uint16_t port() const { return port_; }
  // Accepts connections. When it does not, waits for the process's end, so that its last words are
  // there to be read.
  bool is_alive();
  std::string error_output() { return process().standard_error().text(); }

 private:
  ChildProcess& process() { return peer_ ? *peer_ : poise_->process(); }
  void start_nginx(std::uint16_t backend_port);
  void start_haproxy(std::uint16_t backend_port);

  ScratchFolder folder_;
  std::unique_ptr<LivePoise> poise_;
  std::unique_ptr<ChildProcess> peer_;
  std::uint16_t port_ = 0;
};

// nginx in the foreground with this `http` section, its files kept in `folder`.
std::unique_ptr<ChildProcess> start_nginx(const ScratchFolder& folder, const std::string& http);
// True once somebody listens on that port.
bool is_listening(std::uint16_t port, Deadline deadline = Deadline());

}  // namespace poise::support
