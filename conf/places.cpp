#include "conf/places.h"

namespace poise::conf {

const YamlEntry* Step::entry_in(const YamlNode& map) const {
  if (const auto* key = std::get_if<std::string_view>(&step_)) return map.find(*key);
  const std::size_t index = std::get<std::size_t>(step_);
  return index < map.entries.size() ? &map.entries[index] : nullptr;
}

const YamlNode* Step::item_in(const YamlNode& list) const {
  const auto* index = std::get_if<std::size_t>(&step_);
  return index != nullptr && *index < list.items.size() ? list.items[*index].get() : nullptr;
}

Places::Found Places::walk(Path path) const {
  Found found{&root_, root_.at, root_.at};
  for (const Step& step : path) {
    if (const YamlEntry* entry = step.entry_in(*found.node)) {
      found = {entry->value.get(), entry->value->at, entry->key_at};
    } else if (const YamlNode* item = step.item_in(*found.node)) {
      found = {item, item->at, item->at};
    } else {
      found.node = nullptr;
      return found;
    }
  }
  return found;
}

const YamlNode* Places::node(Path path) const {
  const YamlNode* node = walk(path).node;
  return node == nullptr || node->kind == YamlNode::Kind::null ? nullptr : node;
}

}  // namespace poise::conf
