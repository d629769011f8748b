// CRC32c (RFC 3720 appendix B.4), as PROXY protocol headers carry it. Pure.
#pragma once

#include <cstdint>

#include "proxy/base/bytes.h"

namespace poise::net {

// Of bytes in pieces: begins with 0, and goes on with what the piece before came to.
std::uint32_t crc32c(base::Bytes bytes, std::uint32_t before = 0);

}  // namespace poise::net
