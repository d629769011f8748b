// A Transport that encrypts what passes through it to and from another one. OpenSSL reads and
// writes that one's descriptor through a BIO of our own: a record is received straight into
// OpenSSL's buffer (read-ahead: one receive for header and body) and sent straight from it; what
// the kernel does not take waits here, so that OpenSSL never has to try a write again.
// Begins in its handshake, which a Handshake leads; only then send() and receive() may be called.
// Both roles. Owned by its TransportPtr, on its loop's thread; letting go of it says close_notify.
//
// A peer that ends the TCP connection without a close_notify is `failed` (ECONNRESET), never `end`:
// somebody else could have cut it off (RFC 8446 section 6.1).
#pragma once

#include <cstdint>

#include "proxy/base/deferred.h"
#include "proxy/net/loop.h"
#include "proxy/net/transport.h"
#include "tls/handles.h"

namespace poise::tls {

class TlsTransport final : public net::Transport,
                           private base::Deferred,
                           private net::TransportEvents,
                           private net::Task {
 public:
  // `ssl` has its role and its settings, but no BIO. From here on `events` hears what comes.
  TlsTransport(net::Loop& loop, net::TransportPtr below, SslPtr ssl, net::TransportEvents& events);
  ~TlsTransport() override;

  enum class Progress : std::uint8_t { done, waits, failed };
  // Goes as far as the bytes at hand allow. Of a failure OpenSSL's error queue tells, and below().
  Progress shake_hands();

  SSL* ssl() { return ssl_.get(); }
  net::Transport& below() { return *below_; }
  // How the connection below ended or failed, if it did.
  const net::IoResult& lost() const { return lost_; }
  // The first byte the peer ever sent, once it came; -1 before.
  int first_byte() const { return first_byte_; }

  net::IoResult receive(std::span<char> room) override;
  net::IoResult send(std::span<const iovec> slices) override;
  void write_rest(base::Buffer&& rest) override;
  void pause_reading() override;
  void resume_reading() override;
  void shutdown_sending() override;
  void reset_on_close() override;
  void set_events(net::TransportEvents& events) override;
  std::size_t unacknowledged() const override;
  bool is_quiet() const override;
  int splice_fd() const override { return -1; }
  net::Address local_address() const override { return below_->local_address(); }

 private:
  friend struct SocketBio;  // OpenSSL's callbacks

  bool read_below(char* out, std::size_t size, std::size_t& count);
  void write_below(base::Bytes record);
  bool encrypt(base::Bytes bytes);
  net::IoResult reading_ended(int ssl_result);
  bool has_news() const;
  bool has_nothing() const;
  int write_error() const { return write_error_; }

  // TransportEvents of the connection below
  void on_readable() noexcept override;
  void on_writable(int error) noexcept override;
  // Task: bytes that epoll will not tell of any more, as they are in OpenSSL's buffer
  void run() override;
  void close() override;
  void say_goodbye();

  net::Loop& loop_;
  net::TransportPtr below_;
  SslPtr ssl_;
  net::TransportEvents* events_;
  base::Buffer unsent_;    // records the kernel would not take
  net::IoResult lost_{};   // of the connection below
  net::IoResult over_{};   // what every further receive() says, once it is not would_block
  std::size_t ahead_ = 0;  // plain bytes encrypted, but not yet admitted to the caller
  int write_error_ = 0;
  std::uint32_t steps_ = 0;  // of handshake messages behind the handshake
  std::int16_t first_byte_ = -1;
  std::uint8_t retold_ = 0;       // times that run() found nobody listening
  mutable bool drained_ = false;  // the kernel has no more for this call
  bool from_buffer_ = false;      // the next receive() leaves the kernel alone
  bool more_ = false;             // receive() would have something, without a word from below
  bool paused_ = false;
  bool agreed_ = false;        // the handshake is over
  bool writing_ = false;       // below_ has taken over a rest
  bool caller_waits_ = false;  // for on_writable
  bool end_wanted_ = false;
  bool said_goodbye_ = false;
  bool is_broken_ = false;  // a fatal error, or a peer that is gone: no goodbye
};

}  // namespace poise::tls
