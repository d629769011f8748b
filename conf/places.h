// Where a setting stands in the text, looked up by its path, such as {"listeners", 0, "pool"}: what
// check.* needs to point at things it knows only as plain structs. Views the tree.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "conf/reader/yaml_node.h"

namespace poise::conf {

// A key, or the number of a list's item or a map's entry, from 0.
class Step {
 public:
  Step(const char* key) : step_(std::string_view(key)) {}
  Step(std::string_view key) : step_(key) {}
  Step(const std::string& key) : step_(std::string_view(key)) {}
  Step(std::size_t index) : step_(index) {}

  const YamlEntry* entry_in(const YamlNode& map) const;
  const YamlNode* item_in(const YamlNode& list) const;

 private:
  std::variant<std::string_view, std::size_t> step_;
};

using Path = std::initializer_list<Step>;

class Places {
 public:
  explicit Places(const YamlNode& root) : root_(root) {}

  // nullptr when it is not given, or null.
  const YamlNode* node(Path path) const;

  // Of the value, or of the key; where there is no such setting, of the nearest thing around it.
  Position value(Path path) const { return walk(path).value; }
  Position key(Path path) const { return walk(path).key; }

 private:
  struct Found {
    const YamlNode* node;  // nullptr when the path ends early
    Position value;
    Position key;
  };
  Found walk(Path path) const;

  const YamlNode& root_;
};

}  // namespace poise::conf
