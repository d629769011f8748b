#include "conf/merge.h"

#include <algorithm>
#include <memory>

#include "conf/reader/suggestion.h"

namespace poise::conf {

namespace {

YamlEntry* find(YamlNode& map, const YamlEntry& wanted) {
  const auto found = std::find_if(map.entries.begin(), map.entries.end(),
                                  [&](const YamlEntry& entry) { return entry.key == wanted.key; });
  return found == map.entries.end() ? nullptr : &*found;
}

void report_twice(const YamlEntry& first, const YamlEntry& second, Diagnostics& diagnostics) {
  diagnostics.error(second.key_at, quoted(second.key) +
                                       " is set in two files; it is first given in " +
                                       diagnostics.place(first.key_at));
}

YamlNodePtr join_lists(const YamlNode& first, const YamlNode& second) {
  auto joined = std::make_shared<YamlNode>(first);
  joined->items.insert(joined->items.end(), second.items.begin(), second.items.end());
  return joined;
}

YamlNodePtr join_maps(const YamlNode& first, const YamlNode& second, Diagnostics& diagnostics) {
  auto joined = std::make_shared<YamlNode>(first);
  for (const auto& entry : second.entries) {
    if (const YamlEntry* twin = find(*joined, entry)) {
      report_twice(*twin, entry, diagnostics);
    } else {
      joined->entries.push_back(entry);
    }
  }
  return joined;
}

void merge_section(YamlEntry& into, const YamlEntry& from, Diagnostics& diagnostics) {
  using Kind = YamlNode::Kind;
  const YamlNode& first = *into.value;
  const YamlNode& second = *from.value;
  if (second.kind == Kind::null) return;
  if (first.kind == Kind::null) {
    into = from;
  } else if (first.kind == Kind::list && second.kind == Kind::list) {
    into.value = join_lists(first, second);
  } else if (first.kind == Kind::map && second.kind == Kind::map) {
    into.value = join_maps(first, second, diagnostics);
  } else {
    report_twice(into, from, diagnostics);
  }
}

}  // namespace

YamlNodePtr merge_documents(const std::vector<YamlNodePtr>& documents, Diagnostics& diagnostics) {
  auto merged = std::make_shared<YamlNode>(*documents.front());
  for (auto document = documents.begin() + 1; document != documents.end(); ++document) {
    for (const auto& entry : (*document)->entries) {
      if (YamlEntry* section = find(*merged, entry)) {
        merge_section(*section, entry, diagnostics);
      } else {
        merged->entries.push_back(entry);
      }
    }
  }
  return merged;
}

}  // namespace poise::conf
