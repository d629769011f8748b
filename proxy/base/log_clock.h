// Wall time as log lines and HTTP show it, in UTC. The text is made anew only when the second
// changes, so one of these a thread makes a time stamp nearly free. It reads no clock. Views live
// until the next call.
#pragma once

#include <limits>
#include <string_view>

#include "proxy/base/clock.h"

namespace poise::base {

class LogClock {
 public:
  // "2026-11-22T10:00:00.123Z" (RFC 3339).
  std::string_view rfc3339(WallTime time);
  // "22/Nov/2026:10:00:00 +0000", as the common log format has it.
  std::string_view common(WallTime time);
  // "Sun, 22 Nov 2026 10:00:00 GMT", for Date (RFC 9110 section 5.6.7).
  std::string_view imf_fixdate(WallTime time);

 private:
  void show(WallTime time);
  void set_second(std::chrono::sys_seconds second);

  std::chrono::sys_seconds second_{std::chrono::seconds(std::numeric_limits<std::int64_t>::min())};
  char rfc3339_[25] = "0000-00-00T00:00:00.000Z";
  char common_[27] = "00/Jan/0000:00:00:00 +0000";
  char imf_fixdate_[30] = "Sun, 00 Jan 0000 00:00:00 GMT";
};

}  // namespace poise::base
