// What `poise top` shows, as lines of text of a given size: what is wrong first, then rates and
// latencies, then the pools, the broken backends first. What does not fit is counted, never
// wrapped. Pure.
#pragma once

#include <string>

#include "proxy/ops/terminal.h"
#include "proxy/ops/top_state.h"

namespace poise::ops {

enum class Colours : bool { no, yes };

// Exactly size.rows lines at most; rows 0: as many as there are. No LF after the last one.
std::string top_screen(const TopState& state, ScreenSize size, Colours colours);

}  // namespace poise::ops
