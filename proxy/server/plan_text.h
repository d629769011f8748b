// What a reload would change, in words for an operator, with how much of what runs is concerned:
// "backend 'b1' of pool 'app' removed: 12 streams end there as they began". Reads the records of
// the snapshot; on the control thread.
#pragma once

#include <string>
#include <vector>

#include "proxy/server/snapshot.h"

namespace poise::server {

std::vector<std::string> plan_lines(const Snapshot& now, const conf::Config& next);

}  // namespace poise::server
