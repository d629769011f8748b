// Numbers as an operator reads them in a line of evidence. Pure.
#pragma once

#include <string>

#include "proxy/base/clock.h"

namespace poise::health {

// "0.4 ms", "12 ms", "1.5 s", "3m20s".
std::string text_of(base::Duration duration);
// "3.5 times"
std::string times_text(double factor);
// "37 %"
std::string percent_text(double share);

}  // namespace poise::health
