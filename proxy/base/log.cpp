#include "proxy/base/log.h"

#include <unistd.h>

#include <charconv>
#include <chrono>
#include <mutex>
#include <utility>

#include "proxy/base/json_text.h"
#include "proxy/base/log_clock.h"

namespace poise::base {
namespace {

std::atomic<Level> log_level{Level::info};
std::atomic<LogStyle> log_style{LogStyle::text};

// A line keeps the sink it is written to alive while another thread changes it.
class CurrentSink {
 public:
  std::shared_ptr<const LogSink> get() {
    const std::lock_guard lock(mutex_);
    if (sink_ == nullptr) sink_ = LogSink::adopt(STDERR_FILENO);
    return sink_;
  }
  void set(std::shared_ptr<const LogSink> sink) {
    const std::lock_guard lock(mutex_);
    sink_.swap(sink);
  }

 private:
  std::mutex mutex_;
  std::shared_ptr<const LogSink> sink_;
};

// Never destroyed: the last threads may still log while the process ends.
CurrentSink& current_sink() {
  static auto& sink = *new CurrentSink;
  return sink;
}

std::string message_of(std::string_view format, std::initializer_list<LogArgument> arguments) {
  std::string message;
  for (const auto& argument : arguments) {
    const auto place = format.find("{}");
    message.append(format.substr(0, place)).append(argument.text());
    format.remove_prefix(place + 2);
  }
  return message.append(format);
}

void append_suppressed(std::string& message, std::uint64_t suppressed) {
  if (suppressed == 0) return;
  message.append(" (suppressed ").append(std::to_string(suppressed)).append(" more)");
}

WallTime wall_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

// "2026-11-22T10:00:00.123Z info  message". Controls are escaped: what peers say is in messages.
std::string text_line(std::string_view time, Level level, std::string_view message) {
  std::string line(time);
  line.append(" ").append(to_text(level));
  line.append(6 - to_text(level).size(), ' ');
  for (const char c : message) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      append_json_escaped(line, {&c, 1});
    } else {
      line += c;
    }
  }
  return line += '\n';
}

std::string json_line(std::string_view time, Level level, std::string_view message) {
  std::string line = R"({"ts":")";
  line.append(time).append(R"(","level":")").append(to_text(level)).append(R"(","message":")");
  append_json_escaped(line, message);
  return line += "\"}\n";
}

template <class Number>
std::string_view digits_of(Number number, char* begin, char* end) {
  return {begin, static_cast<std::size_t>(std::to_chars(begin, end, number).ptr - begin)};
}

}  // namespace

std::string_view to_text(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warn:
      return "warn";
    case Level::error:
      return "error";
  }
  return {};
}

void set_log_level(Level level) { log_level.store(level, std::memory_order_relaxed); }
void set_log_style(LogStyle style) { log_style.store(style, std::memory_order_relaxed); }
void set_log_sink(std::shared_ptr<const LogSink> sink) { current_sink().set(std::move(sink)); }
bool is_logged(Level level) { return level >= log_level.load(std::memory_order_relaxed); }

LogArgument::LogArgument(double number) {
  text_ = digits_of(number, digits_, digits_ + sizeof digits_);
}
void LogArgument::set_number(std::int64_t number) {
  text_ = digits_of(number, digits_, digits_ + sizeof digits_);
}
void LogArgument::set_number(std::uint64_t number) {
  text_ = digits_of(number, digits_, digits_ + sizeof digits_);
}

void write_log(Level level, std::string_view format, std::initializer_list<LogArgument> arguments,
               std::uint64_t suppressed) {
  std::string message = message_of(format, arguments);
  append_suppressed(message, suppressed);
  LogClock clock;
  const auto time = clock.rfc3339(wall_now());
  const bool is_json = log_style.load(std::memory_order_relaxed) == LogStyle::json;
  // There is nowhere to report a log that cannot be written.
  (void)current_sink().get()->write(is_json ? json_line(time, level, message)
                                            : text_line(time, level, message));
}

std::optional<std::uint64_t> LogLimiter::admit(MonotonicTime now) {
  const std::int64_t time = now.time_since_epoch().count();
  std::int64_t started = started_.load(std::memory_order_relaxed);
  if (time - started >= interval_.count() &&
      started_.compare_exchange_strong(started, time, std::memory_order_relaxed)) {
    used_.store(0, std::memory_order_relaxed);
  }
  if (used_.fetch_add(1, std::memory_order_relaxed) < lines_) {
    return suppressed_.exchange(0, std::memory_order_relaxed);
  }
  // Not counted on, lest it comes around to 0.
  used_.store(lines_, std::memory_order_relaxed);
  suppressed_.fetch_add(1, std::memory_order_relaxed);
  return std::nullopt;
}

}  // namespace poise::base
