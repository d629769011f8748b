// Content-Length in every spelling, alone and against itself.
#pragma once

#include "tests/live/request_tables/pieces.h"

namespace poise::live::requests {

// clang-format off
inline RequestTable length_cases() {
  using enum Expect;
  return {
    {"a plain length", POST "Content-Length: 5\r\n\r\nhello", forwarded, "POST /a body=hello"},
    {"a length of 0", POST "Content-Length: 0\r\n\r\n", forwarded, "POST /a body="},
    {"a length in lower case", POST "content-length: 5\r\n\r\nhello", forwarded, "POST /a body=hello"},
    {"a length in upper case", POST "CONTENT-LENGTH: 5\r\n\r\nhello", forwarded, "POST /a body=hello"},
    {"a length without a space before it", POST "Content-Length:5\r\n\r\nhello", forwarded, "POST /a body=hello"},
    {"a length among spaces", POST "Content-Length:   5  \r\n\r\nhello", forwarded, "POST /a body=hello"},
    {"a length among tabs", POST "Content-Length:\t5\t\r\n\r\nhello", either, "POST /a body=hello"},
    {"a length with leading zeros", POST "Content-Length: 0005\r\n\r\nhello", either, "POST /a body=hello"},
    {"a GET with a body", GET "Content-Length: 5\r\n\r\nhello", forwarded, "GET /a body=hello"},
    {"a HEAD with a body", "HEAD /a HTTP/1.1\r\n" ID "Content-Length: 5\r\n\r\nhello", either, "HEAD /a body=hello"},
    {"an OPTIONS with a body", "OPTIONS /a HTTP/1.1\r\n" ID "Content-Length: 5\r\n\r\nhello", forwarded, "OPTIONS /a body=hello"},
    {"a DELETE hiding a request in its body", "DELETE /a HTTP/1.1\r\n" ID "Content-Length: 52\r\n\r\n" HIDDEN, forwarded, "DELETE /a"},
    {"a GET hiding a request in its body", GET "Content-Length: 52\r\n\r\n" HIDDEN, forwarded, "GET /a Content-Length=52"},
    {"two equal lengths", POST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", either, "POST /a body=hello"},
    {"two lengths, the second longer", POST "Content-Length: 0\r\nContent-Length: 52\r\n\r\n" HIDDEN, refused},
    {"two lengths, the second 0", POST "Content-Length: 52\r\nContent-Length: 0\r\n\r\n" HIDDEN, refused},
    {"two lengths of different case", POST "Content-Length: 52\r\ncontent-length: 0\r\n\r\n" HIDDEN, refused},
    {"two lengths, equal but for zeros", POST "Content-Length: 5\r\nContent-Length: 05\r\n\r\nhello", either, "POST /a body=hello"},
    {"two lengths far apart", POST "Content-Length: 5\r\nX-A: 1\r\nX-B: 2\r\nContent-Length: 6\r\n\r\nhello!", refused},
    {"a list of equal lengths", POST "Content-Length: 5, 5\r\n\r\nhello", either, "POST /a body=hello"},
    {"a list of different lengths", POST "Content-Length: 0, 52\r\n\r\n" HIDDEN, refused},
    {"a list with an empty end", POST "Content-Length: 5,\r\n\r\nhello", refused},
    {"a length and an empty length", POST "Content-Length: 52\r\nContent-Length:\r\n\r\n" HIDDEN, refused},
    {"an empty length and a length", POST "Content-Length:\r\nContent-Length: 52\r\n\r\n" HIDDEN, refused},
    {"a length with a plus sign", POST "Content-Length: +5\r\n\r\nhello", refused},
    {"a negative length", POST "Content-Length: -5\r\n\r\nhello", refused},
    {"a length of minus zero", POST "Content-Length: -0\r\n\r\n" HIDDEN, refused},
    {"a hexadecimal length", POST "Content-Length: 0x34\r\n\r\n" HIDDEN, refused},
    {"a length in bare hexadecimal", POST "Content-Length: 3a\r\n\r\nhello", refused},
    {"two numbers as a length", POST "Content-Length: 5 2\r\n\r\n" HIDDEN, refused},
    {"an empty length", POST "Content-Length:\r\n\r\n" HIDDEN, refused},
    {"an empty length on a GET", GET "Content-Length: \r\n\r\n" HIDDEN, refused},
    {"a length of words", POST "Content-Length: five\r\n\r\nhello", refused},
    {"a length with a semicolon", POST "Content-Length: 5;\r\n\r\nhello", refused},
    {"a length with a fraction", POST "Content-Length: 5.0\r\n\r\nhello", refused},
    {"a length with an exponent", POST "Content-Length: 5e0\r\n\r\nhello", refused},
    {"a length with an underscore", POST "Content-Length: 5_2\r\n\r\n" HIDDEN, refused},
    {"a quoted length", POST "Content-Length: \"5\"\r\n\r\nhello", refused},
    {"a length in other digits", POST "Content-Length: \xd9\xa5\r\n\r\nhello", refused},
    {"a length before a vertical tab", POST "Content-Length: 5\x0b\r\n\r\nhello", refused},
    {"a length behind a form feed", POST "Content-Length: \x0c" "5\r\n\r\nhello", refused},
    {"a length before a NUL", POST "Content-Length: 5\0\r\n\r\nhello", refused},
    {"a length before a no-break space", POST "Content-Length: 5\xa0\r\n\r\nhello", refused},
    {"a length that wraps at 2^64", POST "Content-Length: 18446744073709551621\r\n\r\nhello", refused},
    {"a length that wraps at 2^32", POST "Content-Length: 4294967301\r\n\r\nhello", aborted, "", Ending::shutdown},
    {"a length of forty digits", POST "Content-Length: 9999999999999999999999999999999999999999\r\n\r\nhello", refused},
    {"a length on the next line", POST "Content-Length:\r\n 5\r\n\r\nhello", either, "POST /a body=hello"},
    {"a length of two lines", POST "Content-Length: 5\r\n 2\r\n\r\n" HIDDEN, refused},
    {"a space before the length's colon", POST "Content-Length : 52\r\n\r\n" HIDDEN, refused},
    {"a tab before the length's colon", POST "Content-Length\t: 52\r\n\r\n" HIDDEN, refused},
    {"an underscore for the length's dash", POST "Content-Length: 5\r\nContent_Length: 52\r\n\r\nhello", forwarded, "POST /a body=hello"},
    {"a length behind a NUL in its name", POST "Content-Length\0: 52\r\n\r\n" HIDDEN, refused},
    {"a body shorter than its length", POST "Content-Length: 50\r\n\r\nhello", aborted, "", Ending::shutdown},
    {"no body for its length", POST "Content-Length: 50\r\n\r\n", aborted, "", Ending::shutdown},
  };
}
// clang-format on

}  // namespace poise::live::requests
