#include "tests/support/strict_message.h"

#include <algorithm>

namespace poise::support {
namespace {

std::string joined(const std::vector<StrictField>& fields, std::string_view name) {
  const std::string wanted = lower_case(name);
  std::string all;
  for (const StrictField& field : fields) {
    if (lower_case(field.name) != wanted) continue;
    if (!all.empty()) all += ", ";
    all += field.value;
  }
  return all;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::vector<std::string> list_items(std::string_view text, char separator) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view item = trimmed(text.substr(0, end));
    if (!item.empty()) items.emplace_back(item);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

std::size_t StrictMessage::count(std::string_view name) const {
  const std::string wanted = lower_case(name);
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(),
                    [&](const StrictField& field) { return lower_case(field.name) == wanted; }));
}

bool StrictMessage::has(std::string_view name) const { return count(name) > 0; }
std::string StrictMessage::value(std::string_view name) const { return joined(fields, name); }
std::string StrictMessage::trailer(std::string_view name) const { return joined(trailers, name); }

bool StrictMessage::lists(std::string_view name, std::string_view word) const {
  const std::vector<std::string> items = list_items(lower_case(value(name)));
  return std::find(items.begin(), items.end(), lower_case(word)) != items.end();
}

}  // namespace poise::support
