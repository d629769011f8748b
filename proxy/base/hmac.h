// Keyed authentication of short texts: HMAC-SHA256 (RFC 2104, RFC 6234), the text form of its
// results (base64url without padding, RFC 4648 section 5) and secrets of this process's own. The
// one place outside tls/ that knows OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace poise::base {

using Digest = std::array<std::uint8_t, 32>;
Digest hmac_sha256(std::string_view key, std::string_view text);

// Takes as long whether they differ in the first byte or the last.
bool equal_in_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b);

// From the system's generator; ends the process when that has nothing to give.
std::string random_secret();

std::string to_base64url(std::span<const std::uint8_t> bytes);
// Fills `out`; false unless `text` is the one way to write just so many bytes.
bool from_base64url(std::string_view text, std::span<std::uint8_t> out);

}  // namespace poise::base
