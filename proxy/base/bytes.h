// Views of bytes and counts of bytes. A view owns nothing; who hands one out says how long it
// lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace poise::base {

using Bytes = std::string_view;
using ByteCount = std::uint64_t;

}  // namespace poise::base
