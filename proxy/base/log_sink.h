// An open file, pipe, socket or terminal that log lines go to, and never waits for: what it does
// not take at once is the caller's to drop. Writing is safe from any thread; the descriptor is
// closed with the last owner.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace poise::base {

class LogSink {
 public:
  // Appends to a file, which is created when missing. nullptr with errno set when that fails.
  static std::shared_ptr<const LogSink> open(const std::string& path);
  // Standard output or error. Its descriptor belongs to others too, so its flags stay as they are:
  // a pipe or terminal is opened once more for ourselves.
  static std::shared_ptr<const LogSink> adopt(int fd);

  ~LogSink();
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;

  // Bytes taken, or -1 with errno.
  ssize_t write(std::string_view bytes) const;

  // The most that is taken whole or not at all; 0 when there is no such limit (a file on a disk
  // that is not full takes everything).
  std::size_t atomic_bytes() const;

 private:
  enum class Kind : std::uint8_t { file, pipe, socket };
  enum class Close : std::uint8_t { no, yes };
  LogSink(int fd, Close close);

  int fd_;
  Kind kind_;
  Close close_;
};

}  // namespace poise::base
