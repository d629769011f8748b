#include <nlohmann/json.hpp>
#include <string>

#include "conf/print.h"

namespace poise::conf {

std::string render_json(const Diagnostics& diagnostics) {
  nlohmann::ordered_json array = nlohmann::ordered_json::array();
  for (const auto& one : diagnostics.sorted()) {
    array.push_back({{"file", std::string(diagnostics.file_name(one.at))},
                     {"line", one.at.line},
                     {"column", one.at.column},
                     {"severity", one.severity == Severity::error ? "error" : "warning"},
                     {"message", one.message}});
  }
  // A file's name need not be UTF-8.
  return array.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace poise::conf
