#include "proxy/exchange/access_log_config.h"

#include <vector>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"

namespace poise::exchange {

namespace {

// A word without a dot or a slash is rather a misspelt `stdout` than a file.
void read_target(conf::YamlValue& value, std::string& to) {
  const auto target = value.text();
  if (!target) return;
  const bool is_word = *target == "off" || *target == "stdout";
  const bool is_path = target->find_first_of("./") != std::string::npos && target->back() != '/';
  if (!is_word && !is_path) {
    return value.error("must be 'off', 'stdout' or a file path, not " + conf::quoted(*target) +
                       conf::did_you_mean(*target, {"off", "stdout"}));
  }
  to = *target;
}

}  // namespace

AccessLogConfig parse_access_log(conf::YamlMap& node) {
  AccessLogConfig log;
  node.with("to", [&](conf::YamlValue& value) { read_target(value, log.to); });
  node.read_choice<AccessFormat>("format", log.format,
                                 {{"json", AccessFormat::json},
                                  {"common", AccessFormat::common},
                                  {"combined", AccessFormat::combined}});
  node.read_percent("sample", log.sample);
  node.read("errors_always", log.errors_always);
  return log;
}

}  // namespace poise::exchange
