// The process's own log as a configuration wants it. Any time; for the whole process.
#pragma once

#include "conf/config.h"

namespace poise::server {

void set_up_process_log(const conf::LogConfig& config);

}  // namespace poise::server
