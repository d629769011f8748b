// What may stand at one place of the configuration: a tree of what the parsers were heard to ask.
// Plain data; made by settings_survey.*, written down by schema.*.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "conf/reader/reading_observer.h"

namespace poise::conf {

struct SettingsShape {
  // A scalar: of any of these types, or of these words.
  std::set<ValueType> types;
  std::uint64_t least = 0;  // of ValueType::whole
  std::uint64_t most = 0;
  std::vector<std::string> words;
  // Not built yet: only what is listed in `words` is accepted.
  bool is_unsupported = false;

  bool is_map = false;                                           // of settings
  std::map<std::string, std::unique_ptr<SettingsShape>> keys{};  // of that map
  std::unique_ptr<SettingsShape> entry{};                        // of a map by names
  std::unique_ptr<SettingsShape> item{};                         // of a list

  bool is_known() const {
    return !types.empty() || is_map || entry != nullptr || item != nullptr || is_unsupported;
  }
};

// Of the whole configuration.
SettingsShape survey_settings();

}  // namespace poise::conf
