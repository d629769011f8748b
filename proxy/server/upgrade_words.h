// The lines that the two processes of an upgrade send each other. Pure.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace poise::server {

// New to old: I have everything I need, and am this process.
inline std::string ready_line(int pid) { return "ready " + std::to_string(pid); }

inline std::optional<int> ready_pid(std::string_view line) {
  constexpr std::string_view kReady = "ready ";
  if (!line.starts_with(kReady)) return std::nullopt;
  line.remove_prefix(kReady.size());
  int pid = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), pid);
  if (error != std::errc() || end != line.data() + line.size() || pid <= 0) return std::nullopt;
  return pid;
}

// Old to new: you are in charge.
inline constexpr std::string_view kGoLine = "go";
// Old to new: these are the counters that I ended with.
inline constexpr std::string_view kCountersLine = "counters";

}  // namespace poise::server
