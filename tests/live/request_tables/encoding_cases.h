// Transfer-Encoding in every spelling, alone and against Content-Length.
#pragma once

#include "tests/live/request_tables/pieces.h"

#define HELLO "5\r\nhello\r\n0\r\n\r\n"
// Read as chunked, this ends at once and a request follows; read by its length, it is all body.
#define CL_TE "0\r\n\r\n" HIDDEN

namespace poise::live::requests {

// clang-format off
inline RequestTable encoding_cases() {
  using enum Expect;
  return {
    {"chunked", POST "Transfer-Encoding: chunked\r\n\r\n" HELLO, forwarded, "POST /a body=hello"},
    {"chunked in upper case", POST "TRANSFER-ENCODING: CHUNKED\r\n\r\n" HELLO, forwarded, "POST /a body=hello"},
    {"chunked in mixed case", POST "Transfer-encoding: cHuNkEd\r\n\r\n" HELLO, forwarded, "POST /a body=hello"},
    {"chunked without a space before it", POST "Transfer-Encoding:chunked\r\n\r\n" HELLO, forwarded, "POST /a body=hello"},
    {"chunked among spaces", POST "Transfer-Encoding:   chunked  \r\n\r\n" HELLO, forwarded, "POST /a body=hello"},
    {"chunked among tabs", POST "Transfer-Encoding:\tchunked\t\r\n\r\n" HELLO, forwarded, "POST /a body=hello"},
    {"a chunked GET", GET "Transfer-Encoding: chunked\r\n\r\n" HELLO, forwarded, "GET /a body=hello"},
    {"a length, then chunked", POST "Content-Length: 57\r\nTransfer-Encoding: chunked\r\n\r\n" CL_TE, refused},
    {"chunked, then a length", POST "Transfer-Encoding: chunked\r\nContent-Length: 57\r\n\r\n" CL_TE, refused},
    {"a short length and chunked", POST "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n34\r\n" HIDDEN "\r\n0\r\n\r\n", refused},
    {"a length of 0 and chunked", POST "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n" HELLO, refused},
    {"an empty length and chunked", POST "Content-Length:\r\nTransfer-Encoding: chunked\r\n\r\n" HELLO, refused},
    {"a bad length and chunked", POST "Content-Length: x\r\nTransfer-Encoding: chunked\r\n\r\n" HELLO, refused},
    {"a length and another encoding", POST "Content-Length: 57\r\nTransfer-Encoding: identity\r\n\r\n" CL_TE, refused},
    {"a length and an unknown encoding", POST "Content-Length: 57\r\nTransfer-Encoding: cow\r\n\r\n" CL_TE, refused},
    {"a length and an empty encoding", POST "Content-Length: 57\r\nTransfer-Encoding:\r\n\r\n" CL_TE, refused},
    {"a length and xchunked", POST "Content-Length: 57\r\nTransfer-Encoding: xchunked\r\n\r\n" CL_TE, refused},
    {"a length, and chunked behind a space in the name", POST "Content-Length: 57\r\nTransfer-Encoding : chunked\r\n\r\n" CL_TE, refused},
    {"a length, and chunked behind a tab in the name", POST "Content-Length: 57\r\nTransfer-Encoding\t: chunked\r\n\r\n" CL_TE, refused},
    {"a length, and chunked on a folded line", POST "Content-Length: 57\r\nTransfer-Encoding:\r\n chunked\r\n\r\n" CL_TE, refused},
    {"a length, and chunked behind a vertical tab", POST "Content-Length: 57\r\nTransfer-Encoding: \x0b" "chunked\r\n\r\n" CL_TE, refused},
    {"a length, and chunked before a vertical tab", POST "Content-Length: 57\r\nTransfer-Encoding: chunked\x0b\r\n\r\n" CL_TE, refused},
    {"a length, and chunked behind a NUL", POST "Content-Length: 57\r\nTransfer-Encoding: \0chunked\r\n\r\n" CL_TE, refused},
    {"a length, and chunked before a NUL", POST "Content-Length: 57\r\nTransfer-Encoding: chunked\0\r\n\r\n" CL_TE, refused},
    {"a length, and chunked around a NUL", POST "Content-Length: 57\r\nTransfer-Encoding: chu\0nked\r\n\r\n" CL_TE, refused},
    {"a length, and chunked behind a no-break space", POST "Content-Length: 57\r\nTransfer-Encoding: \xa0" "chunked\r\n\r\n" CL_TE, refused},
    {"a length, and chunked before a carriage return", POST "Content-Length: 57\r\nTransfer-Encoding: chunked\r\r\n\r\n" CL_TE, refused},
    {"a length, and chunked behind a bare LF", POST "Content-Length: 57\r\nX-A: a\nTransfer-Encoding: chunked\r\n\r\n" CL_TE, refused},
    {"a length, and chunked behind a bare CR", POST "Content-Length: 57\r\nX-A: a\rTransfer-Encoding: chunked\r\n\r\n" CL_TE, refused},
    {"a length, and the name cut by a NUL", POST "Content-Length: 57\r\nTransfer-Encoding\0: chunked\r\n\r\n" CL_TE, refused},
    {"a length, and a space in the name", POST "Content-Length: 57\r\nTransfer Encoding: chunked\r\n\r\n" CL_TE, refused},
    {"a length, and chunked on an indented line", POST "Content-Length: 5\r\nX-A: a\r\n Transfer-Encoding: chunked\r\n\r\nhello", either, "POST /a body=hello"},
    {"a length, and an underscore for the dash", POST "Content-Length: 5\r\nTransfer_Encoding: chunked\r\n\r\nhello", forwarded, "POST /a body=hello"},
    {"a length, and a quoted encoding in a value", POST "Content-Length: 5\r\nX-A: \"\\r\\nTransfer-Encoding: chunked\"\r\n\r\nhello", forwarded, "POST /a body=hello"},
    {"chunked twice in a list", POST "Transfer-Encoding: chunked, chunked\r\n\r\n" HELLO, refused},
    {"chunked twice on two lines", POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" HELLO, refused},
    {"chunked, then identity", POST "Transfer-Encoding: chunked, identity\r\n\r\n" HELLO, refused},
    {"identity, then chunked", POST "Transfer-Encoding: identity, chunked\r\n\r\n" HELLO, refused},
    {"identity alone", POST "Transfer-Encoding: identity\r\n\r\n" HIDDEN, refused},
    {"gzip, then chunked", POST "Transfer-Encoding: gzip, chunked\r\n\r\n" HELLO, refused},
    {"chunked, then gzip", POST "Transfer-Encoding: chunked, gzip\r\n\r\n" HELLO, refused},
    {"gzip alone", POST "Transfer-Encoding: gzip\r\n\r\n" HIDDEN, refused},
    {"two lines, chunked and identity", POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" HELLO, refused},
    {"two lines, identity and chunked", POST "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n" HELLO, refused},
    {"two lines, chunked and an unknown one", POST "Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n\r\n" HELLO, refused},
    {"two lines, an empty one and chunked", POST "Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n\r\n" HELLO, either, "POST /a body=hello"},
    {"xchunked", POST "Transfer-Encoding: xchunked\r\n\r\n" HELLO, refused},
    {"chunkedx", POST "Transfer-Encoding: chunkedx\r\n\r\n" HELLO, refused},
    {"x chunked", POST "Transfer-Encoding: x chunked\r\n\r\n" HELLO, refused},
    {"chunked with a parameter", POST "Transfer-Encoding: chunked;q=1\r\n\r\n" HELLO, refused},
    {"quoted chunked", POST "Transfer-Encoding: \"chunked\"\r\n\r\n" HELLO, refused},
    {"chunked in single quotes", POST "Transfer-Encoding: 'chunked'\r\n\r\n" HELLO, refused},
    {"an empty encoding", POST "Transfer-Encoding:\r\n\r\n" HIDDEN, refused},
    {"a comma as an encoding", POST "Transfer-Encoding: ,\r\n\r\n" HIDDEN, refused},
    {"a comma before chunked", POST "Transfer-Encoding: ,chunked\r\n\r\n" HELLO, either, "POST /a body=hello"},
    {"a comma behind chunked", POST "Transfer-Encoding: chunked,\r\n\r\n" HELLO, either, "POST /a body=hello"},
    {"chunked on the next line", POST "Transfer-Encoding:\r\n chunked\r\n\r\n" HELLO, either, "POST /a body=hello"},
    {"chunked in HTTP/1.0", "POST /a HTTP/1.0\r\n" ID "Transfer-Encoding: chunked\r\n\r\n" HELLO, refused},
    {"chunked in HTTP/1.0 that stays open", "POST /a HTTP/1.0\r\n" ID "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n" CL_TE, refused},
    {"chunked and a length in HTTP/1.0", "POST /a HTTP/1.0\r\n" ID "Content-Length: 57\r\nTransfer-Encoding: chunked\r\n\r\n" CL_TE, refused},
  };
}
// clang-format on

}  // namespace poise::live::requests
