// Where the access log goes and how its lines look.
#pragma once

#include <cstdint>
#include <string>

namespace poise::conf {
class YamlMap;
}

namespace poise::exchange {

enum class AccessFormat : std::uint8_t { json, common, combined };

struct AccessLogConfig {
  std::string to = "off";  // "off", "stdout" or a file path
  AccessFormat format = AccessFormat::json;
  double sample = 1.0;
  bool errors_always = true;

  bool operator==(const AccessLogConfig&) const = default;
};

AccessLogConfig parse_access_log(conf::YamlMap& node);

}  // namespace poise::exchange
