#include "health/evidence.h"

#include <array>
#include <cstdio>

#include "conf/reader/quantities.h"

namespace poise::health {
namespace {

using namespace std::chrono_literals;

std::string number(const char* format, double value) {
  std::array<char, 48> text{};
  const int length = std::snprintf(text.data(), text.size(), format, value);
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

std::string text_of(base::Duration duration) {
  if (duration >= 100s) {
    return conf::to_text(std::chrono::duration_cast<std::chrono::seconds>(duration));
  }
  const double milliseconds = static_cast<double>(duration.count()) / 1e6;
  if (milliseconds < 10) return number("%.1f ms", milliseconds);
  if (milliseconds < 1000) return number("%.0f ms", milliseconds);
  return number("%.3g s", milliseconds / 1e3);
}

std::string times_text(double factor) { return number("%.1f times", factor); }

std::string percent_text(double share) { return number("%.0f %%", share * 100); }

}  // namespace poise::health
