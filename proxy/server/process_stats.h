// What the kernel says of this process, for the process_* metrics that every exporter has. Reads
// /proc; with many descriptors counting them takes milliseconds. Any thread. What cannot be read
// is 0.
#pragma once

#include <cstdint>

namespace poise::server {

struct ProcessStats {
  double cpu_seconds = 0;
  double start_time_seconds = 0;  // since 1970
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t threads = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
};

std::uint64_t count_open_fds();
ProcessStats read_process_stats();

}  // namespace poise::server
