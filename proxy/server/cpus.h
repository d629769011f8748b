// The CPUs this process may use, and where a thread runs. Asks the kernel; no state but what the
// first call saw.
#pragma once

#include <vector>

namespace poise::server {

// Those the process was started with; never empty.
const std::vector<int>& usable_cpus();

// Moves the calling thread to that CPU; -1: to any usable one. False when the kernel refuses.
bool run_on(int cpu);

}  // namespace poise::server
