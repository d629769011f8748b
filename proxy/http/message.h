// The head of a request and of a response as every HTTP version says it, neutral of the wire
// format. Views point into `arena` (requests) or, for responses, into memory that is valid only
// during the call that hands the head over.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "proxy/base/arena.h"
#include "proxy/base/bytes.h"
#include "proxy/base/clock.h"
#include "proxy/http/fields.h"

namespace poise::http {

enum class Method : std::uint8_t {
  other,
  get,
  head,
  post,
  put,
  del,
  connect,
  options,
  trace,
  patch
};

// RFC 9110 section 9.2.2.
bool is_idempotent(Method method);
Method method_of(std::string_view text);

enum class Version : std::uint8_t { http_1_0, http_1_1, http_2 };
enum class Upgrade : std::uint8_t {
  none,
  requested
};  // Upgrade + Connection: upgrade (RFC 9110 7.8)

// How a body's end is told (RFC 9112 section 6.3), decided once. `close` is for responses only.
enum class Framing : std::uint8_t { none, length, chunked, close };

struct RequestHead {
  base::Arena arena;
  Method method = Method::other;
  Version version = Version::http_1_1;
  Upgrade upgrade = Upgrade::none;
  Framing framing = Framing::none;
  bool expects_continue = false;
  bool closes = false;                 // the client wants its connection closed after the response
  base::ByteCount content_length = 0;  // with Framing::length
  std::string_view method_text;
  std::string_view upgrade_protocol;  // with Upgrade::requested
  std::string_view
      authority;           // host[:port], lower-cased host, from the target or Host; may be empty
  std::string_view path;   // starts with '/', or is "*"; no query
  std::string_view query;  // without '?'
  bool has_query = false;  // "/a?" has one, though it is empty
  Fields fields;           // end-to-end and hop-by-hop, as received, without Host
};

struct ResponseHead {
  base::Arena arena;
  int status = 0;
  Version version = Version::http_1_1;
  Upgrade upgrade = Upgrade::none;  // 101 only
  Framing framing = Framing::none;
  base::ByteCount content_length = 0;  // with Framing::length, and with HEAD and 304 if has_length
  bool has_length = false;
  bool closes = false;  // the sender closes its connection after this message
  std::string_view reason;
  std::string_view upgrade_protocol;     // with Upgrade::requested
  base::Duration keep_alive_timeout{0};  // what Keep-Alive: timeout= promised; 0: nothing
  Fields fields;

  bool is_interim() const { return status >= 100 && status < 200 && status != 101; }
};

}  // namespace poise::http
