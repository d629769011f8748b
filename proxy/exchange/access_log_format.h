// Turns a record into one line of the access log. Pure, and fast, as it runs for every request. No
// byte a client sends can break a line apart or make it invalid.
#pragma once

#include <string>

#include "proxy/base/log_clock.h"
#include "proxy/exchange/access_log_config.h"
#include "proxy/exchange/access_record.h"

namespace poise::exchange {

// With the newline.
void append_line(std::string& out, const AccessRecord& record, AccessFormat format,
                 base::LogClock& clock);

}  // namespace poise::exchange
