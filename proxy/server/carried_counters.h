// Counters that go on where those of the process before ended, so that no metric falls by an
// upgrade: written as JSON by names, and read into cells of their own, which no worker writes. The
// reader believes nothing; what it does not know, it passes over. On the control thread.
#pragma once

#include <string>
#include <string_view>

#include "proxy/server/snapshot.h"

namespace poise::server {

std::string counters_text(const Snapshot& snapshot);

// Into the records of the snapshot that have the same names. Later counters of the same process
// replace those before. False when it is not readable; then nothing changed.
bool carry_counters(std::string_view text, const Snapshot& snapshot);

}  // namespace poise::server
