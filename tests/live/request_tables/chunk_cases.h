// The chunked body: sizes, extensions, line ends, the last chunk and trailers.
#pragma once

#include "tests/live/request_tables/pieces.h"

#define END "\r\n0\r\n\r\n"

namespace poise::live::requests {

// clang-format off
inline RequestTable chunk_cases() {
  using enum Expect;
  return {
    {"two chunks", CHUNKED "2\r\nhe\r\n3\r\nllo" END, forwarded, "POST /a body=hello"},
    {"an empty chunked body", CHUNKED "0\r\n\r\n", forwarded, "POST /a body="},
    {"a size in upper case", CHUNKED "A\r\n0123456789" END, forwarded, "POST /a body=0123456789"},
    {"a size with leading zeros", CHUNKED "0005\r\nhello" END, either, "POST /a body=hello"},
    {"a size of thirty digits, mostly zeros", CHUNKED "000000000000000000000000000005\r\nhello" END, either, "POST /a body=hello"},
    {"a last chunk of many zeros", CHUNKED "5\r\nhello\r\n000\r\n\r\n", either, "POST /a body=hello"},
    {"a request hidden in a chunk", CHUNKED "34\r\n" HIDDEN END, forwarded, "POST /a"},
    {"a request behind a chunked body", CHUNKED "5\r\nhello" END NEXT, forwarded, "POST /a body=hello | GET /b"},
    {"an extension", CHUNKED "5;a=b\r\nhello" END, either, "POST /a body=hello"},
    {"an extension without a value", CHUNKED "5;a\r\nhello" END, either, "POST /a body=hello"},
    {"a quoted extension", CHUNKED "5;a=\"x; y\"\r\nhello" END, either, "POST /a body=hello"},
    {"an extension behind a space", CHUNKED "5 ;a=b\r\nhello" END, either, "POST /a body=hello"},
    {"an extension on the last chunk", CHUNKED "5\r\nhello\r\n0;a=b\r\n\r\n", either, "POST /a body=hello"},
    {"an empty extension", CHUNKED "5;\r\nhello" END, either, "POST /a body=hello"},
    {"an extension with an LF in quotes", CHUNKED "5;a=\"x\ny\"\r\nhello" END, aborted},
    {"an extension with a CRLF in quotes", CHUNKED "5;a=\"x\r\ny\"\r\nhello" END, either, "POST /a", Ending::shutdown},
    {"an extension with a CR inside", CHUNKED "5;a\rb\r\nhello" END, aborted},
    {"an extension ended by a bare LF", CHUNKED "5;a=b\nhello" END, aborted},
    {"an extension ended by a bare CR", CHUNKED "5;a=b\rhello" END, aborted},
    {"an empty extension ended by a bare LF", CHUNKED "5;\nhello" END, aborted},
    {"an extension with a NUL", CHUNKED "5;a=\0\r\nhello" END, aborted},
    {"an extension of 64 KiB", CHUNKED "5;a=" + repeated("x", 65536) + "\r\nhello" END, aborted},
    {"an LF extension that spills", CHUNKED "2;\n34\r\n34\r\n" HIDDEN END, aborted},
    {"a size ended by a bare LF", CHUNKED "5\nhello" END, aborted},
    {"a size ended by a bare CR", CHUNKED "5\rhello" END, aborted},
    {"a size ended by two CRs", CHUNKED "5\r\r\nhello" END, aborted},
    {"a size with 0x", CHUNKED "0x5\r\nhello" END, aborted},
    {"a size that is no number", CHUNKED "z\r\nhello" END, aborted},
    {"a size with a letter behind it", CHUNKED "5g\r\nhello" END, aborted},
    {"a size behind a space", CHUNKED " 5\r\nhello" END, aborted},
    {"a size before a space", CHUNKED "5 \r\nhello" END, either, "POST /a body=hello"},
    {"a size before a tab", CHUNKED "5\t\r\nhello" END, either, "POST /a body=hello"},
    {"a size with a plus sign", CHUNKED "+5\r\nhello" END, aborted},
    {"a negative size", CHUNKED "-5\r\nhello" END, aborted},
    {"an empty size", CHUNKED "\r\nhello" END, aborted},
    {"a size with an underscore", CHUNKED "0_5\r\nhello" END, aborted},
    {"two sizes", CHUNKED "5 5\r\nhello" END, aborted},
    {"a size before a NUL", CHUNKED "5\0\r\nhello" END, aborted},
    {"a size of 2^64 + 5", CHUNKED "10000000000000005\r\nhello" END, aborted},
    {"a size of 2^64 - 1", CHUNKED "ffffffffffffffff\r\nhello" END, aborted, "", Ending::shutdown},
    {"a size of 2^63", CHUNKED "8000000000000000\r\nhello" END, aborted, "", Ending::shutdown},
    {"a size of 2^32 + 5", CHUNKED "100000005\r\nhello" END, aborted, "", Ending::shutdown},
    {"a chunk without its CRLF", CHUNKED "5\r\nhello0\r\n\r\n", aborted},
    {"a chunk ended by a bare LF", CHUNKED "5\r\nhello\n0\r\n\r\n", aborted},
    {"a chunk ended by a bare CR", CHUNKED "5\r\nhello\r0\r\n\r\n", aborted},
    {"a chunk ended by two other bytes", CHUNKED "5\r\nhelloXX0\r\n\r\n", aborted},
    {"a chunk longer than its size", CHUNKED "5\r\nhello!" END, aborted},
    {"a chunk shorter than its size", CHUNKED "6\r\nhello" END, aborted, "", Ending::shutdown},
    {"a last chunk ended by a bare LF", CHUNKED "5\r\nhello\r\n0\n\r\n", aborted},
    {"a body ended by a bare LF", CHUNKED "5\r\nhello\r\n0\r\n\n", aborted},
    {"a body ended by bare LFs and a request", CHUNKED "0\n\n" HIDDEN, aborted},
    {"a body that never ends", CHUNKED "5\r\nhello\r\n", aborted, "", Ending::shutdown},
    {"a body ended within its last CRLF", CHUNKED "5\r\nhello\r\n0\r\n\r", aborted, "", Ending::shutdown},
    {"a body ended behind its last size", CHUNKED "5\r\nhello\r\n0\r\n", aborted, "", Ending::shutdown},
    {"a body ended within a chunk", CHUNKED "5\r\nhel", aborted, "", Ending::shutdown},
    {"a body ended within a size", CHUNKED "5", aborted, "", Ending::shutdown},
    {"a chunked head without a body", CHUNKED, aborted, "", Ending::shutdown},
    {"a trailer", CHUNKED "5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n", either, "POST /a body=hello"},
    {"a trailer that was announced", POST "Trailer: X-T\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n", either, "POST /a body=hello"},
    {"a trailer that repeats a header", CHUNKED "5\r\nhello\r\n0\r\nX-Id: hidden\r\n\r\n", either, "POST /a body=hello X-Id={id}"},
    {"a length as a trailer", CHUNKED "5\r\nhello\r\n0\r\nContent-Length: 52\r\n\r\n", either, "POST /a body=hello"},
    {"an encoding as a trailer", CHUNKED "5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n", either, "POST /a body=hello"},
    {"a Host as a trailer", CHUNKED "5\r\nhello\r\n0\r\nHost: evil.test\r\n\r\n", either, "POST /a body=hello Host=t.test"},
    {"a Connection as a trailer", CHUNKED "5\r\nhello\r\n0\r\nConnection: close\r\n\r\n", either, "POST /a body=hello"},
    {"an X-Forwarded-For as a trailer", CHUNKED "5\r\nhello\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n", either, "POST /a body=hello"},
    {"a trailer ended by a bare LF", CHUNKED "5\r\nhello\r\n0\r\nX-T: 1\n\r\n", aborted},
    {"a trailer with a bare CR", CHUNKED "5\r\nhello\r\n0\r\nX-T: 1\rX-U: 2\r\n\r\n", aborted},
    {"a trailer with a space before its colon", CHUNKED "5\r\nhello\r\n0\r\nX-T : 1\r\n\r\n", aborted},
    {"a trailer with a NUL", CHUNKED "5\r\nhello\r\n0\r\nX-T: \0\r\n\r\n", aborted},
    {"a trailer without a colon", CHUNKED "5\r\nhello\r\n0\r\nX-T\r\n\r\n", aborted},
    {"a trailer without a name", CHUNKED "5\r\nhello\r\n0\r\n: 1\r\n\r\n", aborted},
    {"a folded trailer", CHUNKED "5\r\nhello\r\n0\r\nX-T: 1\r\n 2\r\n\r\n", either, "POST /a body=hello"},
    {"a request as a trailer", CHUNKED "5\r\nhello\r\n0\r\n" HIDDEN, aborted},
    {"a trailer of 128 KiB", CHUNKED "5\r\nhello\r\n0\r\nX-T: " + repeated("x", 131072) + "\r\n\r\n", aborted},
    {"4000 trailers", CHUNKED "5\r\nhello\r\n0\r\n" + repeated("X-Trailer: 1\r\n", 4000) + "\r\n", aborted},
  };
}
// clang-format on

}  // namespace poise::live::requests
