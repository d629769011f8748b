#include "proxy/base/log_clock.h"

#include <cstring>

namespace poise::base {
namespace {

constexpr char kMonths[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

constexpr char kDays[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

void put_digits(char* end, int digits, unsigned value) {
  for (; digits > 0; --digits) {
    *--end = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

}  // namespace

std::string_view LogClock::rfc3339(WallTime time) {
  show(time);
  put_digits(rfc3339_ + 23, 3, static_cast<unsigned>((time - second_).count()));
  return {rfc3339_, sizeof rfc3339_ - 1};
}

std::string_view LogClock::common(WallTime time) {
  show(time);
  return {common_, sizeof common_ - 1};
}

std::string_view LogClock::imf_fixdate(WallTime time) {
  show(time);
  return {imf_fixdate_, sizeof imf_fixdate_ - 1};
}

void LogClock::show(WallTime time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  if (second != second_) set_second(second);
}

void LogClock::set_second(std::chrono::sys_seconds second) {
  second_ = second;
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(second - day);
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const auto month = static_cast<unsigned>(date.month());
  const auto hours = static_cast<unsigned>(clock.hours().count());
  const auto minutes = static_cast<unsigned>(clock.minutes().count());
  const auto seconds = static_cast<unsigned>(clock.seconds().count());

  put_digits(rfc3339_ + 4, 4, year);
  put_digits(rfc3339_ + 7, 2, month);
  put_digits(rfc3339_ + 10, 2, static_cast<unsigned>(date.day()));
  put_digits(rfc3339_ + 13, 2, hours);
  put_digits(rfc3339_ + 16, 2, minutes);
  put_digits(rfc3339_ + 19, 2, seconds);

  put_digits(common_ + 2, 2, static_cast<unsigned>(date.day()));
  std::memcpy(common_ + 3, kMonths[month - 1], 3);
  put_digits(common_ + 11, 4, year);
  put_digits(common_ + 14, 2, hours);
  put_digits(common_ + 17, 2, minutes);
  put_digits(common_ + 20, 2, seconds);

  std::memcpy(imf_fixdate_, kDays[std::chrono::weekday(day).c_encoding()], 3);
  put_digits(imf_fixdate_ + 7, 2, static_cast<unsigned>(date.day()));
  std::memcpy(imf_fixdate_ + 8, kMonths[month - 1], 3);
  put_digits(imf_fixdate_ + 16, 4, year);
  put_digits(imf_fixdate_ + 19, 2, hours);
  put_digits(imf_fixdate_ + 22, 2, minutes);
  put_digits(imf_fixdate_ + 25, 2, seconds);
}

}  // namespace poise::base
