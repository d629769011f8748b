// Work that would hold up a loop, done on a thread of libuv's pool: reading files, summing up large
// things. Not for the data path. The loop must live until the work is done; its destructor waits.
#pragma once

#include <functional>

#include "proxy/net/loop.h"

namespace poise::net {

// `work` runs on another thread, then `done` on the loop. Neither may throw.
void run_in_background(Loop& loop, std::function<void()> work, std::function<void()> done);

}  // namespace poise::net
