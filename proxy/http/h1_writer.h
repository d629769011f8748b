// Turns heads, chunk lines and trailers into HTTP/1.1 bytes. Always from the parsed form: no
// received line is ever copied, so nothing that was refused or misread can reach the other side.
// Stateless.
#pragma once

#include "proxy/base/buffer.h"
#include "proxy/http/message.h"

namespace poise::http {

enum class Connection : std::uint8_t { keep, close };

// Fields of `head` must be end-to-end ones (see hop_fields.h), without Host and Content-Length:
// this adds those, Transfer-Encoding, Connection and Upgrade as the head's own members say.
void write_request_head(base::Buffer& out, const RequestHead& head);

// What the client can read: an HTTP/1.0 client knows no chunks.
struct ResponseForm {
  Version client = Version::http_1_1;
  Framing framing = Framing::none;
  Connection connection = Connection::keep;
};
void write_response_head(base::Buffer& out, const ResponseHead& head, ResponseForm form);

void write_chunk_line(base::Buffer& out, std::size_t size);
inline constexpr base::Bytes kChunkEnd = "\r\n";
void write_last_chunk(base::Buffer& out, const Fields& trailers);

std::string_view reason_of(int status);

}  // namespace poise::http
