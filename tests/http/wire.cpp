#include "tests/http/wire.h"

#include <sys/socket.h>

namespace poise::test {

Wire::Wire(Ends ends) : ours_(std::move(ends.ours)), peer_(add_peer(std::move(ends.theirs))) {}

void Wire::send_bytewise(std::string_view bytes) {
  for (const char byte : bytes) {
    if (send_some({&byte, 1}) == 0) break;  // we closed: as in one piece, the rest is lost
    turn();
    turn();
  }
  settle();
}

void Wire::shrink_buffers(int bytes) {
  peer_.limit_receive_buffer(bytes);
  must(::setsockopt(ours_.get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) == 0);
}

}  // namespace poise::test
