// A loop of one connection and its peer, for tests of the codecs over a real loopback socket: the
// peer is a bare descriptor, and everything happens on the test's own thread, turn by turn.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "proxy/net/fd.h"
#include "proxy/net/loop.h"

namespace poise::test {

enum class PeerReads : bool { nothing, everything };

class Wire {
 public:
  Wire();
  ~Wire();

  net::Loop& loop() { return loop_; }
  net::Fd take_our_end() { return std::move(ours_); }

  // One turn of the loop; then the peer reads what came, if it reads.
  void turn();
  // Turns until `condition` holds; false when it did not within a generous time.
  bool comes_true(const std::function<bool()>& condition);
  // Turns until nothing more can be under way: for what must not happen.
  void settle();

  // The peer's side.
  void send(std::string_view bytes);
  void send_bytewise(std::string_view bytes);
  std::size_t send_some(std::string_view bytes);  // as much as the kernel takes now
  void shut_down_sending();
  void close_peer();
  void reset_peer();
  void set_reading(PeerReads reads) { reads_ = reads; }
  // Before anything is received: less than this is on its way to a peer that reads nothing.
  void shrink_buffers(int bytes);

  const std::string& received() const { return received_; }
  bool saw_end() const { return ended_; }  // an orderly end
  bool saw_reset() const { return reset_; }

 private:
  void read_at_peer();

  net::Loop loop_;
  net::Fd ours_;
  net::Fd peer_;
  PeerReads reads_ = PeerReads::everything;
  std::string received_;
  bool ended_ = false;
  bool reset_ = false;
};

}  // namespace poise::test
