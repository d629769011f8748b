// Turns the bytes of one complete HTTP/1 head into a head struct, or says why it is refused. llhttp
// (strict) reads the syntax; what it lets pass is checked here (RFC 9112 sections 2 to 7), and the
// one framing decision of the message is made here. Stateless: a connection keeps only how far it
// looked.
#pragma once

#include <cstddef>

#include "proxy/base/bytes.h"
#include "proxy/base/error.h"
#include "proxy/http/http_config.h"
#include "proxy/http/message.h"

namespace poise::http {

// Looks for the end of a head. Requires: `bytes` begins at the head's first byte, and grows between
// calls. A line that ends without CR, or a control character within a line, is `broken`.
struct HeadScan {
  enum class Found : std::uint8_t { incomplete, complete, broken };
  Found found = Found::incomplete;
  std::size_t length = 0;  // with `complete`: of the head, with its empty line
};
HeadScan scan_head(base::Bytes bytes, std::size_t& looked_at);

// `text` is a head that scan_head found complete, in memory that outlives `head`. The error's cause
// is none when it is fine.
base::Error parse_request(base::Bytes text, const LimitsConfig& limits, RequestHead& head);

// What a response means depends on the request it answers (RFC 9112 section 6.3).
struct ResponseExpectation {
  Method method = Method::get;
  Upgrade upgrade = Upgrade::none;
};
struct ResponseLimits {
  std::size_t header_bytes = 64 * 1024;
  std::uint32_t headers = 256;
};
base::Error parse_response(base::Bytes text, const ResponseLimits& limits,
                           ResponseExpectation expectation, ResponseHead& head);

}  // namespace poise::http
