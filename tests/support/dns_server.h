// A dnsmasq on a loopback port, which knows the names of one test and nothing else: what it is not
// told does not exist. Used by one thread. Does not forward and reads no file of the machine.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/scratch_folder.h"

namespace poise::support {

class DnsServer {
 public:
  // Lines as dnsmasq's configuration has them: "host-record=app.test,127.0.0.1,1" (the last is the
  // TTL), "srv-host=_http._tcp.test,app.test,8080,10,5" (priority, weight).
  using Lines = std::vector<std::string>;

  // Throws when it does not start.
  explicit DnsServer(const Lines& lines = {});

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  // On the same port, with these lines only; it does not answer for a moment.
  void become(const Lines& lines);
  void stop() { process_.reset(); }

 private:
  ScratchFolder folder_;
  std::uint16_t port_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace poise::support
