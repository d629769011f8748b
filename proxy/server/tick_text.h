// The event `tick` of the admin's event stream: what happens each second, as one line of JSON.
// Pure.
#pragma once

#include <string>

#include "proxy/server/summary.h"

namespace poise::server {

std::string tick_text(const Summary& summary, base::WallTime at);

}  // namespace poise::server
