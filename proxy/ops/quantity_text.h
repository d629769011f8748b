// Numbers as people read them in a terminal: a few digits, and a unit. Pure.
#pragma once

#include <optional>
#include <string>

namespace poise::ops {

std::string count_text(double count);      // 0, 950, 12.3k, 4.56M
std::string rate_text(double per_second);  // 0, 0.4, 12.3, 950, 12.3k
std::string milliseconds_text(
    std::optional<double> value);          // 0.43 ms, 12.3 ms, 1.25 s; "-": none, or 0
std::string seconds_text(double seconds);  // 42 s, 12 min, 3 h 5 min, 2 d 4 h
// The time of day of an RFC 3339 time; whatever else it is, as it stands.
std::string clock_text(const std::string& at);

}  // namespace poise::ops
