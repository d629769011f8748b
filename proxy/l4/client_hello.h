// The first message of a TLS client (RFC 8446 section 4.1.2), read for what it says openly: the
// name it asks for (RFC 6066 section 3) and the protocols it offers (RFC 7301). It may come in
// pieces, over several records and in fragments. Nothing is decrypted and nothing believed. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proxy/base/bytes.h"

namespace poise::l4 {

struct ClientHello {
  std::string server_name;             // lower case, without a trailing dot; empty: none was sent
  std::vector<std::string> protocols;  // as offered, the preferred first
};

// Alerts (RFC 8446 section 6.2) for those that cannot be served.
enum class TlsAlert : std::uint8_t {
  unexpected_message = 10,
  record_overflow = 22,
  access_denied = 49,
  decode_error = 50,
  internal_error = 80,
  unrecognized_name = 112,
};
// One record with a fatal alert in it, as any TLS version reads it.
std::string alert_record(TlsAlert alert);

class ClientHelloParser {
 public:
  // Of the message alone. OpenSSL takes no more either before TLS 1.3; browsers with post-quantum
  // keys send about 2 KiB.
  static constexpr std::size_t kMostMessage = 16 * 1024;
  // With the records around it: one a byte would be six times the message.
  static constexpr std::size_t kMostBytes = 64 * 1024;

  enum class State : std::uint8_t { incomplete, complete, broken };

  // The next bytes of the connection. What is behind the message is not looked at.
  State feed(base::Bytes bytes);

  State state() const { return state_; }
  const ClientHello& hello() const { return hello_; }
  // Why it is broken: a literal, and what to tell the client.
  const char* detail() const { return detail_; }
  TlsAlert alert() const { return alert_; }

 private:
  void take_header(char byte);
  std::size_t take_fragment(base::Bytes bytes);
  void look_at_message();
  void fail(const char* detail, TlsAlert alert = TlsAlert::decode_error);

  State state_ = State::incomplete;
  std::uint8_t header_bytes_ = 0;  // of the record's header that are there
  char header_[5]{};
  std::size_t fragment_left_ = 0;
  std::size_t taken_ = 0;
  std::string message_;
  ClientHello hello_;
  const char* detail_ = "";
  TlsAlert alert_ = TlsAlert::decode_error;
};

}  // namespace poise::l4
