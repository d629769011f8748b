// Whether a certificate's time has come, is over, or soon will be. Pure.
#pragma once

#include <string>

#include "tls/certificate.h"

namespace poise::tls {

// From so many days before its end on, people are told.
inline constexpr int kWarningDays = 14;

// "" or what an operator should know: "expired on 2026-01-31", "expires in 5 days, …".
std::string validity_warning(const Certificate& certificate, base::WallTime now);

}  // namespace poise::tls
