// The byte stream to one peer, whatever lies below (TCP, a Unix socket, TLS): readiness is told by
// callbacks, bytes are moved by the caller. A transport is owned by a TransportPtr; letting go of
// it closes it at once, and no callback comes after that, though its storage may live to the end of
// the loop turn.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>

#include "proxy/base/buffer.h"
#include "proxy/net/address.h"

namespace poise::net {

// What one receive or send came to. `count` goes with `ok`, `error` (an errno) with `failed`.
struct IoResult {
  enum class Status : std::uint8_t { ok, would_block, end, failed };
  Status status = Status::would_block;
  int error = 0;
  std::size_t count = 0;

  bool ok() const { return status == Status::ok; }
};

// Implemented by whoever speaks over the transport; it may let go of the transport in any of them.
class TransportEvents {
 public:
  virtual void on_readable() noexcept = 0;
  // What write_rest() took has left, or cannot: the errno, which no later call may tell again.
  virtual void on_writable(int error) noexcept = 0;

 protected:
  ~TransportEvents() = default;
};

class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  virtual IoResult receive(std::span<char> room) = 0;
  virtual IoResult send(std::span<const iovec> slices) = 0;

  // Takes over bytes that send() would not, and calls on_writable once they left. Requires: the
  // last such call was answered.
  virtual void write_rest(base::Buffer&& rest) = 0;

  // Reading starts on; a pause keeps the bytes in the kernel.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;

  virtual void shutdown_sending() = 0;
  // The peer sees a reset, never an orderly end, once this is closed.
  virtual void reset_on_close() = 0;

  // Hands the events of this transport to another speaker.
  virtual void set_events(TransportEvents& events) = 0;

  // Bytes given to send() or write_rest() that the peer has not acknowledged yet: it shows whether
  // a slow reader reads at all.
  virtual std::size_t unacknowledged() const = 0;

  // False when the peer's end or bytes already wait to be read; costs a system call.
  virtual bool is_quiet() const = 0;

  // A bare descriptor that splice() may use, or -1.
  virtual int splice_fd() const = 0;

  // The address of ours that the peer talks to; costs a system call.
  virtual Address local_address() const = 0;

 protected:
  friend struct TransportCloser;
  virtual void close() = 0;
  virtual ~Transport() = default;
};

struct TransportCloser {
  void operator()(Transport* transport) const { transport->close(); }
};
using TransportPtr = std::unique_ptr<Transport, TransportCloser>;

}  // namespace poise::net
