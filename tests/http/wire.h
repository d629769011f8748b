// A loop of one connection and its peer, for tests of the codecs over a real loopback socket:
// everything happens on the test's own thread, turn by turn.
#pragma once

#include "tests/net/turned_loop.h"

namespace poise::test {

class Wire final : public TurnedLoop {
 public:
  Wire() : Wire(connected_ends()) {}

  net::Fd take_our_end() { return std::move(ours_); }

  // The peer's side.
  void send(std::string_view bytes) { TurnedLoop::send(peer_, bytes); }
  void send_bytewise(std::string_view bytes);
  std::size_t send_some(std::string_view bytes) { return peer_.send_some(bytes); }
  void shut_down_sending() { peer_.shut_down_sending(); }
  void close_peer() { peer_.close(); }
  void reset_peer() { peer_.reset(); }
  void set_reading(PeerReads reads) { peer_.set_reading(reads); }
  // Before anything is received: less than this is on its way to a peer that reads nothing.
  void shrink_buffers(int bytes);

  const std::string& received() const { return peer_.received(); }
  bool saw_end() const { return peer_.saw_end(); }  // an orderly end
  bool saw_reset() const { return peer_.saw_reset(); }

 private:
  explicit Wire(Ends ends);

  net::Fd ours_;
  BarePeer& peer_;
};

}  // namespace poise::test
