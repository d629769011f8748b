// One value of a parsed YAML document with its place: what yaml_parser makes and yaml_reader reads.
// Immutable once parsed; an alias shares its anchor's node. Keys are always text and never repeat.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "conf/reader/position.h"

namespace poise::conf {

struct YamlNode;
using YamlNodePtr = std::shared_ptr<const YamlNode>;

struct YamlEntry {
  std::string key;
  Position key_at;
  YamlNodePtr value;
};

struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  enum class Style : std::uint8_t { plain, quoted };

  Kind kind = Kind::null;
  Style style = Style::plain;  // of a scalar; one made from variables counts as plain
  Position at;
  std::string text;
  std::vector<YamlNodePtr> items;
  std::vector<YamlEntry> entries;
  bool reported = false;     // its variables are at fault: nothing more is said about it
  std::size_t expanded = 1;  // nodes below and with this one, every alias counted in full

  const YamlEntry* find(std::string_view key) const {
    for (const auto& entry : entries) {
      if (entry.key == key) return &entry;
    }
    return nullptr;
  }
};

}  // namespace poise::conf
