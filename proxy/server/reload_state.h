// What became of reloads, for metrics (poise_config_*) and the admin. Plain data of the control
// thread.
#pragma once

#include <cstdint>
#include <string>

#include "proxy/base/clock.h"

namespace poise::server {

struct ReloadState {
  std::uint64_t generation = 1;  // of the configuration in force; the first is the one at start
  std::uint64_t reloads = 0;     // asked for, whatever became of them
  bool last_successful = true;
  base::WallTime last_success{};  // or the start
  base::WallTime last_attempt{};  // when it was known what became of it
  std::string last_error{};       // of the last one; "": it is in force
  base::Duration last_took{0};    // until every worker had it; 0 for one that was refused
};

}  // namespace poise::server
