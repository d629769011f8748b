// The far end of a connection under test: a bare descriptor that never blocks, sends what it is
// told and keeps what came. Owned by the test or its stage, on the test's own thread; reads only
// when read() is called. Knows nothing of HTTP.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/net/fd.h"

namespace poise::test {

enum class PeerReads : bool { nothing, everything };

// The sockets of a test could not be set up: there is nothing to test then.
void must(bool succeeded);

// Both ends of a connection over the loopback, the first of which does not block.
struct Ends {
  net::Fd ours;
  net::Fd theirs;
};
Ends connected_ends();

// A port of the loopback that listens; the connections to it are taken one by one.
class BarePort {
 public:
  BarePort();
  std::uint16_t port() const { return port_; }
  net::Fd connect() const;
  // An empty one when nobody waits.
  net::Fd accept() const;

 private:
  net::Fd fd_;
  std::uint16_t port_ = 0;
};

class BarePeer {
 public:
  // Takes a connected descriptor.
  explicit BarePeer(net::Fd fd);

  std::size_t send_some(std::string_view bytes);  // as much as the kernel takes now
  void shut_down_sending();
  void close() { fd_.reset(); }
  void reset();
  void limit_receive_buffer(int bytes);

  void set_reading(PeerReads reads) { reads_ = reads; }
  // Whatever is there, if it reads at all.
  void read();

  const std::string& received() const { return received_; }
  void forget_received() { received_.clear(); }
  bool saw_end() const { return ended_; }  // an orderly end
  bool saw_reset() const { return reset_; }
  bool is_over() const { return ended_ || reset_; }

 private:
  net::Fd fd_;
  PeerReads reads_ = PeerReads::everything;
  std::string received_;
  bool ended_ = false;
  bool reset_ = false;
};

}  // namespace poise::test
