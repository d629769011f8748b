#include "proxy/l4/client_hello.h"

#include <algorithm>
#include <utility>

namespace poise::l4 {
namespace {

using base::Bytes;

constexpr std::uint8_t kHandshake = 22;
constexpr std::uint8_t kAlert = 21;
constexpr std::uint8_t kClientHello = 1;
constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kMessageHeader = 4;
constexpr std::size_t kMostFragment = 16 * 1024;
constexpr std::size_t kVersionAndRandom = 2 + 32;
constexpr std::size_t kMostSessionId = 32;
constexpr std::size_t kServerName = 0;
constexpr std::size_t kProtocols = 16;
constexpr std::size_t kHostName = 0;
constexpr std::size_t kMostName = 255;

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::uint8_t as_number(char byte) { return static_cast<std::uint8_t>(byte); }

// Reads a message field by field; once something is missing all that follows is empty.
class FieldReader {
 public:
  explicit FieldReader(Bytes bytes) : left_(bytes) {}

  bool failed() const { return failed_; }
  bool at_end() const { return left_.empty(); }

  Bytes take(std::size_t count) {
    if (count > left_.size()) {
      failed_ = true;
      left_ = {};
      return {};
    }
    const Bytes taken = left_.substr(0, count);
    left_.remove_prefix(count);
    return taken;
  }
  std::size_t number(std::size_t bytes) {
    std::size_t value = 0;
    for (const char byte : take(bytes)) value = value << 8 | as_number(byte);
    return value;
  }
  // What a length of so many bytes stands before.
  Bytes vector(std::size_t length_bytes) { return take(number(length_bytes)); }

 private:
  Bytes left_;
  bool failed_ = false;
};

bool is_name(Bytes name) {
  return !name.empty() && name.size() <= kMostName &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::string normal_name(Bytes name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string lowered(name);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), to_lower);
  return lowered;
}

// "" when all is well, as in the functions below. One name only is allowed a type, and there is but
// one type.
const char* read_server_name(Bytes extension, ClientHello& hello) {
  FieldReader outer(extension);
  FieldReader list(outer.vector(2));
  const std::size_t type = list.number(1);
  const Bytes name = list.vector(2);
  if (outer.failed() || list.failed() || !outer.at_end() || !list.at_end()) {
    return "server name in the ClientHello of a wrong length";
  }
  if (type != kHostName || !is_name(name)) return "no host name in the ClientHello's server name";
  hello.server_name = normal_name(name);
  return "";
}

const char* read_protocols(Bytes extension, ClientHello& hello) {
  FieldReader outer(extension);
  FieldReader list(outer.vector(2));
  bool is_good = !outer.failed() && outer.at_end() && !list.at_end();
  while (is_good && !list.at_end()) {
    hello.protocols.emplace_back(list.vector(1));
    is_good = !list.failed() && !hello.protocols.back().empty();
  }
  return is_good ? "" : "protocol list in the ClientHello of a wrong length";
}

const char* read_extensions(Bytes extensions, ClientHello& hello) {
  FieldReader fields(extensions);
  bool has_name = false;
  bool has_protocols = false;
  while (!fields.at_end()) {
    const std::size_t type = fields.number(2);
    const Bytes extension = fields.vector(2);
    if (fields.failed()) return "ClientHello ends within an extension";
    const char* fault = "";
    if (type == kServerName) {
      if (std::exchange(has_name, true)) return "ClientHello with two server names";
      fault = read_server_name(extension, hello);
    } else if (type == kProtocols) {
      if (std::exchange(has_protocols, true)) return "ClientHello with two protocol lists";
      fault = read_protocols(extension, hello);
    }
    if (*fault != '\0') return fault;
  }
  return "";
}

const char* read_message(Bytes message, ClientHello& hello) {
  FieldReader fields(message);
  (void)fields.take(kVersionAndRandom);
  const Bytes session_id = fields.vector(1);
  const Bytes ciphers = fields.vector(2);
  const Bytes compressions = fields.vector(1);
  const bool is_good = !fields.failed() && session_id.size() <= kMostSessionId &&
                       !ciphers.empty() && ciphers.size() % 2 == 0 && !compressions.empty();
  if (!is_good) return "ClientHello with a field of a wrong length";
  if (fields.at_end()) return "";  // TLS 1.2 without extensions
  const Bytes extensions = fields.vector(2);
  if (fields.failed() || !fields.at_end()) return "ClientHello with a field of a wrong length";
  return read_extensions(extensions, hello);
}

}  // namespace

std::string alert_record(TlsAlert alert) {
  constexpr char kFatal = 2;
  return {static_cast<char>(kAlert), 3, 3, 0, 2, kFatal, static_cast<char>(alert)};
}

ClientHelloParser::State ClientHelloParser::feed(Bytes bytes) {
  while (state_ == State::incomplete && !bytes.empty()) {
    std::size_t used = 1;
    if (header_bytes_ < kRecordHeader) {
      take_header(bytes.front());
    } else {
      used = take_fragment(bytes);
    }
    bytes.remove_prefix(used);
    taken_ += used;
    if (state_ == State::incomplete && taken_ > kMostBytes) {
      fail("ClientHello too long", TlsAlert::record_overflow);
    }
  }
  return state_;
}

void ClientHelloParser::take_header(char byte) {
  header_[header_bytes_++] = byte;
  if (header_bytes_ == 1 && as_number(byte) != kHandshake) {
    return fail("no TLS: the first byte begins no handshake", TlsAlert::unexpected_message);
  }
  if (header_bytes_ == 2 && byte != 3) return fail("no TLS: no such version of records");
  if (header_bytes_ < kRecordHeader) return;
  fragment_left_ = std::size_t{as_number(header_[3])} << 8 | as_number(header_[4]);
  // RFC 8446 section 5.1 forbids empty fragments of handshakes.
  if (fragment_left_ == 0) return fail("empty TLS record");
  if (fragment_left_ > kMostFragment) fail("TLS record too long", TlsAlert::record_overflow);
}

std::size_t ClientHelloParser::take_fragment(Bytes bytes) {
  const std::size_t count = std::min(fragment_left_, bytes.size());
  message_.append(bytes.substr(0, count));
  fragment_left_ -= count;
  if (fragment_left_ == 0) header_bytes_ = 0;
  look_at_message();
  return count;
}

void ClientHelloParser::look_at_message() {
  if (as_number(message_[0]) != kClientHello) {
    return fail("no ClientHello: another handshake message", TlsAlert::unexpected_message);
  }
  if (message_.size() < kMessageHeader) return;
  const std::size_t length = std::size_t{as_number(message_[1])} << 16 |
                             std::size_t{as_number(message_[2])} << 8 | as_number(message_[3]);
  if (length > kMostMessage) return fail("ClientHello too long", TlsAlert::record_overflow);
  if (message_.size() < kMessageHeader + length) return;
  const char* fault = read_message(Bytes(message_).substr(kMessageHeader, length), hello_);
  if (*fault != '\0') return fail(fault);
  state_ = State::complete;
  message_ = {};
}

void ClientHelloParser::fail(const char* detail, TlsAlert alert) {
  state_ = State::broken;
  detail_ = detail;
  alert_ = alert;
  message_ = {};
}

}  // namespace poise::l4
