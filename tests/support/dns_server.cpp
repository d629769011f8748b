#include "tests/support/dns_server.h"

#include <stdexcept>

#include "tests/support/blocking_socket.h"

namespace poise::support {

DnsServer::DnsServer(const Lines& lines) : port_(unused_port()) { become(lines); }

// "local" makes it answer for names it does not know, with "no such name".
void DnsServer::become(const Lines& lines) {
  stop();
  std::string text = "port=" + std::to_string(port_) +
                     "\nlisten-address=127.0.0.1\nbind-interfaces\nno-resolv\nno-hosts\n"
                     "local=/test/\nlocal-ttl=1\n";
  for (const std::string& line : lines) text += line + "\n";
  // Not as a daemon: it stays in the foreground, keeps its user and logs to stderr.
  process_ = std::make_unique<ChildProcess>(std::vector<std::string>{
      "/usr/sbin/dnsmasq", "--no-daemon", "--conf-file=" + folder_.write("dnsmasq.conf", text)});
  if (process_->standard_error().wait_for_line("started, version")) return;
  throw std::runtime_error("dnsmasq did not start: " + process_->standard_error().text());
}

}  // namespace poise::support
