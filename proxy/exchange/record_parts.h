// Pieces every access log record is made of, a request's and a session's alike. Pure, but for the
// wall clock.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "proxy/base/random.h"
#include "proxy/exchange/access_log_config.h"
#include "proxy/exchange/access_record.h"

namespace poise::exchange {

// Sixteen hexadecimal digits.
class RecordId {
 public:
  explicit RecordId(std::uint64_t number) {
    for (std::size_t i = text_.size(); i-- > 0; number >>= 4) {
      text_[i] = "0123456789abcdef"[number & 15];
    }
  }
  std::string_view text() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, 16> text_{};
};

// kNotReached unless both moments came.
inline base::Duration between(base::MonotonicTime from, base::MonotonicTime to) {
  const base::MonotonicTime never{};
  return from == never || to == never ? kNotReached : to - from;
}

inline bool is_logged(const AccessLogConfig& log, bool failed, base::Random& random) {
  if (log.sample >= 1 || (failed && log.errors_always)) return true;
  return static_cast<double>(random() >> 11) * 0x1.0p-53 < log.sample;
}

inline base::WallTime wall_clock() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

inline base::WallTime wall_time_now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace poise::exchange
