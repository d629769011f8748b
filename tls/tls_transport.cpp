#include "tls/tls_transport.h"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "proxy/base/check.h"
#include "tls/socket_bio.h"

namespace poise::tls {
namespace {

using net::IoResult;

constexpr std::size_t kRecord = SSL3_RT_MAX_PLAIN_LENGTH;  // 16 KiB of plain bytes
// A speaker that holds a read back for the end of its batch is told once more behind it.
constexpr int kMostRetold = 3;
// Tickets and KeyUpdates of a connection's whole life, about three steps each. OpenSSL has no
// limit, and handles them within one read for as long as they come, answers piling up here.
constexpr std::uint32_t kMostSteps = 4096;

// Takes up to a record's worth off the front of `slices`: from one slice as it lies, from several
// (a head and its small body) gathered, so that they are one record and one send.
class RecordCutter {
 public:
  explicit RecordCutter(std::span<const iovec> slices) : slices_(slices) {}

  // Empty when nothing is left. Valid until the next call of anybody on this thread.
  base::Bytes next() {
    skip_empty();
    if (slices_.empty()) return {};
    const base::Bytes front = rest_of_front();
    if (front.size() >= kRecord || slices_.size() == 1)
      return take(std::min(front.size(), kRecord));
    return gather();
  }

 private:
  base::Bytes rest_of_front() const {
    const iovec& slice = slices_.front();
    return {static_cast<const char*>(slice.iov_base) + used_, slice.iov_len - used_};
  }

  void skip_empty() {
    while (!slices_.empty() && slices_.front().iov_len == used_) {
      slices_ = slices_.subspan(1);
      used_ = 0;
    }
  }

  base::Bytes take(std::size_t count) {
    const base::Bytes taken = rest_of_front().substr(0, count);
    used_ += count;
    skip_empty();
    return taken;
  }

  base::Bytes gather() {
    thread_local std::array<char, kRecord> together;
    std::size_t size = 0;
    while (size < kRecord && !slices_.empty()) {
      const base::Bytes piece = take(std::min(rest_of_front().size(), kRecord - size));
      std::memcpy(together.data() + size, piece.data(), piece.size());
      size += piece.size();
    }
    return {together.data(), size};
  }

  std::span<const iovec> slices_;
  std::size_t used_ = 0;  // of the first slice
};

}  // namespace

TlsTransport::TlsTransport(net::Loop& loop, net::TransportPtr below, SslPtr ssl,
                           net::TransportEvents& events)
    : loop_(loop), below_(std::move(below)), ssl_(std::move(ssl)), events_(&events) {
  BIO* bio = SocketBio::make(*this);
  ::SSL_set_bio(ssl_.get(), bio, bio);
  below_->set_events(*this);
}

TlsTransport::~TlsTransport() = default;

TlsTransport::Progress TlsTransport::shake_hands() {
  drained_ = false;
  const int result = ::SSL_do_handshake(ssl_.get());
  if (result == 1) {
    agreed_ = true;
    steps_ = 0;
    return Progress::done;
  }
  if (::SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) return Progress::waits;
  is_broken_ = true;
  return Progress::failed;
}

void TlsTransport::set_events(net::TransportEvents& events) {
  events_ = &events;
  if (!has_news()) return;
  more_ = true;
  loop_.schedule(*this);
}

bool TlsTransport::has_news() const {
  return over_.status != IoResult::Status::would_block || ::SSL_has_pending(ssl_.get()) == 1;
}

// ---- reading
// -------------------------------------------------------------------------------------

bool TlsTransport::read_below(char* out, std::size_t size, std::size_t& count) {
  if (drained_) return false;
  if (agreed_ && steps_ > kMostSteps) {
    lost_ = {IoResult::Status::failed, EPROTO, 0};
    return false;
  }
  const IoResult result = below_->receive({out, size});
  // A short read has emptied the kernel's buffer: to ask again would be a system call for nothing.
  drained_ = !result.ok() || result.count < size;
  if (!result.ok()) {
    lost_ = result;
    return false;
  }
  if (first_byte_ < 0) first_byte_ = static_cast<unsigned char>(*out);
  count = result.count;
  return true;
}

IoResult TlsTransport::receive(std::span<char> room) {
  more_ = false;
  retold_ = 0;
  if (over_.status != IoResult::Status::would_block) return over_;
  drained_ = std::exchange(from_buffer_, false);
  std::size_t count = 0;
  while (count < room.size()) {
    std::size_t read = 0;
    const int result = ::SSL_read_ex(ssl_.get(), room.data() + count, room.size() - count, &read);
    count += read;
    if (result != 1) {
      const IoResult ended = reading_ended(result);
      if (count == 0) return ended;
      break;
    }
    if (drained_ && ::SSL_has_pending(ssl_.get()) == 0) break;
  }
  more_ = has_news();
  if (more_) loop_.schedule(*this);
  return {IoResult::Status::ok, 0, count};
}

// Says what the failed read was, and remembers it where nothing can come any more.
IoResult TlsTransport::reading_ended(int ssl_result) {
  const int error = ::SSL_get_error(ssl_.get(), ssl_result);
  if (error == SSL_ERROR_WANT_READ) return {};
  ::ERR_clear_error();
  if (error == SSL_ERROR_ZERO_RETURN) {
    over_ = {IoResult::Status::end, 0, 0};
    return over_;
  }
  is_broken_ = true;
  int system_error = EPROTO;
  if (lost_.status == IoResult::Status::failed) system_error = lost_.error;
  if (lost_.status == IoResult::Status::end) system_error = ECONNRESET;
  over_ = {IoResult::Status::failed, system_error, 0};
  return over_;
}

void TlsTransport::on_readable() noexcept {
  // A ticket on an idle connection to a backend is nothing its speaker should hear of.
  if (::SSL_is_server(ssl_.get()) == 0 && ::SSL_is_init_finished(ssl_.get()) == 1 &&
      has_nothing()) {
    return;
  }
  events_->on_readable();
}

// Handles what is not for the speaker. Of an end or a failure, receive() will tell.
bool TlsTransport::has_nothing() const {
  if (over_.status != IoResult::Status::would_block) return false;
  drained_ = false;
  char byte = 0;
  std::size_t count = 0;
  const int result = ::SSL_peek_ex(ssl_.get(), &byte, 1, &count);
  if (result == 1) return false;
  const bool waits = ::SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ;
  ::ERR_clear_error();
  return waits;
}

void TlsTransport::pause_reading() {
  paused_ = true;
  below_->pause_reading();
}

void TlsTransport::resume_reading() {
  paused_ = false;
  below_->resume_reading();
  if (more_) loop_.schedule(*this);
}

void TlsTransport::run() {
  if (caller_waits_ && !writing_) {
    caller_waits_ = false;
    events_->on_writable(write_error());
  }
  if (below_ == nullptr || !more_ || paused_) return;
  from_buffer_ = true;  // the kernel's bytes come when it is their turn
  events_->on_readable();
  from_buffer_ = false;
  if (below_ != nullptr && more_ && !paused_ && ++retold_ < kMostRetold) loop_.schedule(*this);
}

// ---- writing
// -------------------------------------------------------------------------------------

void TlsTransport::write_below(base::Bytes record) {
  if (write_error() != 0) return;
  if (writing_) return unsent_.append(record);
  const iovec slice{const_cast<char*>(record.data()), record.size()};
  const IoResult result = below_->send({&slice, 1});
  if (result.status == IoResult::Status::failed) {
    write_error_ = result.error;
    return;
  }
  record.remove_prefix(result.count);
  if (record.empty()) return;
  base::Buffer rest;
  rest.append(record);
  writing_ = true;
  below_->write_rest(std::move(rest));
}

bool TlsTransport::encrypt(base::Bytes bytes) {
  std::size_t count = 0;
  if (::SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count) == 1) {
    POISE_DCHECK(count == bytes.size());
    return true;
  }
  ::ERR_clear_error();
  is_broken_ = true;
  if (write_error_ == 0) write_error_ = EPROTO;
  return false;
}

// The last record before the kernel was full is encrypted, but not admitted: the caller would take
// it for sent, and could close before it was. It comes back with write_rest(), and is left out
// there.
IoResult TlsTransport::send(std::span<const iovec> slices) {
  if (writing_) return {};
  POISE_DCHECK(ahead_ == 0);
  RecordCutter cutter(slices);
  std::size_t done = 0;
  for (base::Bytes piece = cutter.next(); !piece.empty(); piece = cutter.next()) {
    const bool encrypted = encrypt(piece);
    if (write_error() != 0 || !encrypted) return {IoResult::Status::failed, write_error(), 0};
    if (writing_) {
      ahead_ = piece.size();
      if (done == 0) return {};
      break;
    }
    done += piece.size();
  }
  return {IoResult::Status::ok, 0, done};
}

void TlsTransport::write_rest(base::Buffer&& rest) {
  base::Buffer plain = std::move(rest);
  plain.drop(std::exchange(ahead_, 0));
  caller_waits_ = true;
  while (!plain.empty()) {
    const base::Bytes piece = plain.front().substr(0, kRecord);
    if (!encrypt(piece)) break;
    plain.drop(piece.size());
  }
  if (!writing_) loop_.schedule(*this);  // never from within this call
}

void TlsTransport::on_writable(int error) noexcept {
  writing_ = false;
  if (error != 0) {
    write_error_ = error;
    unsent_.clear();
  } else if (!unsent_.empty()) {
    writing_ = true;
    return below_->write_rest(std::move(unsent_));
  }
  if (std::exchange(end_wanted_, false)) shutdown_sending();
  if (!writing_ && std::exchange(caller_waits_, false)) events_->on_writable(write_error());
}

std::size_t TlsTransport::unacknowledged() const {
  return below_->unacknowledged() + unsent_.size();
}

// ---- the end
// -------------------------------------------------------------------------------------

bool TlsTransport::is_quiet() const {
  if (::SSL_has_pending(ssl_.get()) == 0 && below_->is_quiet()) return true;
  return has_nothing();
}

void TlsTransport::shutdown_sending() {
  say_goodbye();
  if (writing_) {
    end_wanted_ = true;
  } else {
    below_->shutdown_sending();
  }
}

void TlsTransport::say_goodbye() {
  if (is_broken_ || ::SSL_is_init_finished(ssl_.get()) == 0) return;
  if (!std::exchange(said_goodbye_, true)) (void)::SSL_shutdown(ssl_.get());
  ::ERR_clear_error();
}

void TlsTransport::reset_on_close() {
  said_goodbye_ = true;
  below_->reset_on_close();
}

void TlsTransport::close() {
  say_goodbye();
  // Else OpenSSL takes the session for a bad one, which must not be resumed.
  const bool is_bad = over_.error == EPROTO || write_error_ == EPROTO;
  if (!is_bad) ::SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  unlink();
  below_.reset();
  loop_.defer(std::unique_ptr<base::Deferred>(this));
}

}  // namespace poise::tls
