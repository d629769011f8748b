// The process's own log: one line on stderr for what an operator should know, as text or JSON. Any
// thread; a line is one write, which never waits. It is for events of the process and its peers, at
// a human pace: where traffic can cause a line, a LogLimiter must stand before it. Requests have
// the access log.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "proxy/base/clock.h"
#include "proxy/base/log_sink.h"

namespace poise::base {

enum class Level : std::uint8_t { debug, info, warn, error };
enum class LogStyle : std::uint8_t { text, json };

std::string_view to_text(Level level);

// For the whole process, at any time. Until then: info, text, stderr.
void set_log_level(Level level);
void set_log_style(LogStyle style);
void set_log_sink(std::shared_ptr<const LogSink> sink);
bool is_logged(Level level);

// One value to stand in a message.
class LogArgument {
 public:
  template <class T>
  requires std::convertible_to<const T&, std::string_view> LogArgument(const T& text)
      : text_(text) {}
  template <std::integral T>
  LogArgument(T number) {
    if constexpr (std::is_signed_v<T>) {
      set_number(static_cast<std::int64_t>(number));
    } else {
      set_number(static_cast<std::uint64_t>(number));
    }
  }
  LogArgument(bool value) : text_(value ? "true" : "false") {}
  LogArgument(double number);
  LogArgument(const LogArgument&) = delete;
  LogArgument& operator=(const LogArgument&) = delete;

  std::string_view text() const { return text_; }

 private:
  void set_number(std::int64_t number);
  void set_number(std::uint64_t number);

  std::string_view text_;
  char digits_[32];
};

// A message with one "{}" for each argument, which is checked while compiling.
template <class... Arguments>
class LogFormat {
 public:
  template <std::size_t N>
  consteval LogFormat(const char (&format)[N]) : text_(format, N - 1) {
    std::size_t places = 0;
    for (std::size_t i = 0; i + 1 < text_.size(); ++i) {
      if (text_[i] == '{' && text_[i + 1] == '}') ++places;
    }
    if (places != sizeof...(Arguments)) throw "as many {} as arguments are needed";
  }

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

void write_log(Level level, std::string_view format, std::initializer_list<LogArgument> arguments,
               std::uint64_t suppressed = 0);

// log(Level::warn, "backend {} of pool {} is down", backend, pool);
template <class... Arguments>
void log(Level level, LogFormat<std::type_identity_t<Arguments>...> format,
         const Arguments&... arguments) {
  if (is_logged(level)) write_log(level, format.text(), {LogArgument(arguments)...});
}

// Keeps one place in the code from flooding the log: so many lines an interval, the rest are
// counted. Usually a static beside the call. Any thread.
class LogLimiter {
 public:
  explicit LogLimiter(std::uint32_t lines = 5, Duration interval = std::chrono::seconds(10))
      : lines_(lines), interval_(interval) {}

  // How many lines were left out since the last one that was let through; nullopt: leave this out
  // too.
  std::optional<std::uint64_t> admit(MonotonicTime now);

 private:
  const std::uint32_t lines_;
  const Duration interval_;
  std::atomic<std::int64_t> started_{std::int64_t{-1} << 62};
  std::atomic<std::uint32_t> used_{0};
  std::atomic<std::uint64_t> suppressed_{0};
};

// The line says how many like it were left out: "… (suppressed 17 more)".
template <class... Arguments>
void log_limited(LogLimiter& limiter, MonotonicTime now, Level level,
                 LogFormat<std::type_identity_t<Arguments>...> format,
                 const Arguments&... arguments) {
  if (!is_logged(level)) return;
  const auto suppressed = limiter.admit(now);
  if (!suppressed) return;
  write_log(level, format.text(), {LogArgument(arguments)...}, *suppressed);
}

}  // namespace poise::base
