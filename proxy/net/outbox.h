// What is on its way to a peer: small pieces are staged and leave together in one send at flush();
// large ones leave straight from the caller's memory. What the kernel would not take waits in a
// Buffer, and `drained` is told when all of it has left. Owned by the connection, on its thread.
#pragma once

#include "proxy/base/buffer.h"
#include "proxy/net/transport.h"

namespace poise::net {

class Outbox {
 public:
  // For text that is written in pieces: whatever is staged leaves with the next flush or write.
  base::Buffer& staged() { return staged_; }
  void stage(base::Bytes bytes) { staged_.append(bytes); }

  // Sends what is staged and then `bytes`; a small piece is staged as well, for the flush.
  void write(Transport& transport, base::Bytes bytes);
  void flush(Transport& transport);

  // To be called from TransportEvents::on_writable. True when everything has left.
  bool on_writable(Transport& transport, int error);

  bool empty() const { return !blocked_ && staged_.empty(); }
  bool blocked() const { return blocked_; }
  int error() const { return error_; }  // errno of the send that failed; nothing leaves after that
  base::ByteCount sent() const { return sent_; }  // bytes handed to the kernel, ever

 private:
  static constexpr std::size_t kSmall = 2048;
  void send_with(Transport& transport, base::Bytes tail);
  void block(Transport& transport, base::Bytes tail);
  void fail(int error);

  base::Buffer staged_;
  base::ByteCount sent_ = 0;
  int error_ = 0;
  bool blocked_ = false;
};

}  // namespace poise::net
