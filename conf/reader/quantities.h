// Durations, sizes, shares, numbers and yes/no as the configuration writes them, and back to text
// for messages. Pure; overflow is refused, never wrapped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/base/bytes.h"
#include "proxy/base/clock.h"

namespace poise::conf {

// "250ms", "5s", "1m30s", "2h"; units fall, each at most once; a bare "0" is zero.
std::optional<base::Duration> parse_duration(std::string_view text);
std::string to_text(base::Duration duration);

// "512", "64KiB" (1024), "10MB" (1000); also B, KB, MiB, GB, GiB.
std::optional<base::ByteCount> parse_size(std::string_view text);

// "20%" or "0.5%" as 0.2 or 0.005; a bare "0" is none. At most 100%.
std::optional<double> parse_percent(std::string_view text);

// "2" or "2.5": digits without a sign, with a point at most.
std::optional<double> parse_decimal(std::string_view text);

// true, yes, on; false, no, off.
std::optional<bool> parse_bool(std::string_view text);

// Decimal digits without a sign or leading zeros.
std::optional<std::uint64_t> parse_whole(std::string_view text);

}  // namespace poise::conf
