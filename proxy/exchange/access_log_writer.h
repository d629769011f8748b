// Collects a worker's access log lines and writes them in large pieces. AccessLogFile is the file
// all workers share; AccessLogWriter is one worker's own. Logging never holds up traffic: when a
// disk is full or a pipe's reader sleeps, whole lines are dropped and counted.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "proxy/base/log_clock.h"
#include "proxy/base/log_sink.h"
#include "proxy/exchange/access_log_config.h"
#include "proxy/exchange/access_record.h"

namespace poise::exchange {

class AccessLogFile {
 public:
  // "stdout" or a path; nullptr with errno set when the path cannot be opened.
  static std::shared_ptr<AccessLogFile> open(const std::string& to);

  // Opens the path anew, after someone renamed the file. Any thread; writers follow at their next
  // flush. false with errno, and everything as before, when that fails. Nothing to do for stdout.
  bool reopen();

  std::shared_ptr<const base::LogSink> sink() const;

 private:
  AccessLogFile(std::string path, std::shared_ptr<const base::LogSink> sink);

  std::string path_;          // empty: stdout
  mutable std::mutex mutex_;  // held for a copy of the pointer, once a flush
  std::shared_ptr<const base::LogSink> sink_;
};

class AccessLogWriter {
 public:
  static constexpr std::size_t kFlushBytes = 64 * 1024;

  AccessLogWriter(std::shared_ptr<AccessLogFile> file, AccessFormat format);
  ~AccessLogWriter() { flush(); }
  AccessLogWriter(const AccessLogWriter&) = delete;
  AccessLogWriter& operator=(const AccessLogWriter&) = delete;

  // Other lines, and from now on into another file; nullptr: nowhere.
  void retarget(std::shared_ptr<AccessLogFile> file, AccessFormat format);

  void append(const AccessRecord& record);

  // The worker calls this every second and at its end.
  void flush();

  // Lines lost; readable from any thread.
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  std::string_view write(std::string_view lines);
  void drop(std::string_view lines);
  void keep_torn_line(std::string_view rest);
  void drop_torn_line();

  std::shared_ptr<AccessLogFile> file_;        // nullptr: lines are not wanted
  std::shared_ptr<const base::LogSink> sink_;  // of the last flush
  AccessFormat format_;
  base::LogClock clock_;
  std::string buffer_;
  bool is_torn_ = false;  // the buffer begins with the rest of a line that was written in part
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace poise::exchange
