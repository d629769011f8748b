// What must hold of every HTTP/1 message poise accepts, request or response, for the fuzz targets.
#pragma once

#include <string>
#include <string_view>

#include "proxy/base/buffer.h"
#include "proxy/http/h1_body.h"
#include "proxy/http/h1_parser.h"
#include "tests/fuzz/pieces.h"

namespace poise::fuzz {

// Where the head ends, found in one piece; aborts when it is found elsewhere byte by byte.
http::HeadScan scan(std::string_view text, Pieces& pieces);

// Names are tokens, values hold no CR, LF, NUL or other control character.
void check_fields(const http::Fields& fields);
void check_same(const http::Fields& a, const http::Fields& b);

// Everything a Buffer holds.
std::string text_of(const base::Buffer& buffer);

// Reads a body in one piece and in many, which must come to the same; what was read is written as
// chunks, which must read the same again.
void check_body(http::Framing framing, base::ByteCount length, std::string_view text,
                Pieces& pieces);

}  // namespace poise::fuzz
