// The terminal of a command: its size, keys as they are pressed, and a screen of its own that is
// given back at the end, also after SIGINT or SIGTERM. One a process; plain ANSI sequences.
#pragma once

#include <termios.h>

#include <cstddef>
#include <optional>
#include <string>

namespace poise::ops {

struct ScreenSize {
  std::size_t columns = 80;
  std::size_t rows = 24;

  bool operator==(const ScreenSize&) const = default;
};

class Terminal {
 public:
  // Both standard input and output are one.
  static bool is_there();

  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  ScreenSize size() const;
  // Never waits.
  std::optional<char> key() const;
  // Lines separated by LF replace what is shown.
  void show(const std::string& text) const;

 private:
  termios before_{};
};

}  // namespace poise::ops
