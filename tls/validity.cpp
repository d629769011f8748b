#include "tls/validity.h"

#include <array>
#include <ctime>

namespace poise::tls {
namespace {

std::string day_of(base::WallTime time) {
  const std::time_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm parts{};
  (void)::gmtime_r(&seconds, &parts);
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

}  // namespace

std::string validity_warning(const Certificate& certificate, base::WallTime now) {
  if (now < certificate.not_before) return "is not valid before " + day_of(certificate.not_before);
  if (now >= certificate.not_after) return "expired on " + day_of(certificate.not_after);
  const auto days =
      std::chrono::duration_cast<std::chrono::hours>(certificate.not_after - now).count() / 24;
  if (days >= kWarningDays) return {};
  return "expires on " + day_of(certificate.not_after) + ", in " + std::to_string(days) +
         (days == 1 ? " day" : " days");
}

}  // namespace poise::tls
