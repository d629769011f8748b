// What became of reloads, for metrics (poise_config_*) and the admin. Plain data of the control
// thread.
#pragma once

#include <cstdint>

#include "proxy/base/clock.h"

namespace poise::server {

struct ReloadState {
  std::uint64_t generation = 1;  // of the configuration in force; the first is the one at start
  std::uint64_t reloads = 0;     // asked for, whatever became of them
  bool last_successful = true;
  base::WallTime last_success{};  // or the start
};

}  // namespace poise::server
