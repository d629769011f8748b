#include "proxy/server/process_log.h"

#include "proxy/base/log.h"

namespace poise::server {
namespace {

base::Level level_of(conf::LogLevel level) {
  switch (level) {
    case conf::LogLevel::debug:
      return base::Level::debug;
    case conf::LogLevel::info:
      return base::Level::info;
    case conf::LogLevel::warn:
      return base::Level::warn;
    case conf::LogLevel::error:
      return base::Level::error;
  }
  return base::Level::info;
}

}  // namespace

void set_up_process_log(const conf::LogConfig& config) {
  base::set_log_level(level_of(config.level));
  base::set_log_style(config.format == conf::LogFormat::json ? base::LogStyle::json
                                                             : base::LogStyle::text);
}

}  // namespace poise::server
