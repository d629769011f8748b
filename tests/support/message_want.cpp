#include "tests/support/message_want.h"

#include <cstdio>

namespace poise::support {
namespace {

std::string mismatch(const StrictMessage& message, const std::string& word) {
  if (word.front() == '!') return message.has(word.substr(1)) ? word.substr(1) + " is there" : "";
  const std::size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  const std::string value = word.substr(equals + 1);
  const std::string found = name == "body" ? message.body : message.value(name);
  return found == value ? "" : name + " is '" + printable(found) + "', not '" + value + "'";
}

std::string escaped(char c) {
  if (c == '\r') return "\\r";
  if (c == '\n') return "\\n";
  if (c >= 0x20 && c < 0x7f) return {c};
  char text[8];
  std::snprintf(text, sizeof text, "\\x%02x", static_cast<unsigned char>(c));
  return text;
}

}  // namespace

std::string find_mismatch(const StrictMessage& message, const std::vector<std::string>& words,
                          std::size_t first) {
  for (std::size_t i = first; i < words.size(); ++i) {
    std::string fault = mismatch(message, words[i]);
    if (!fault.empty()) return fault;
  }
  return {};
}

std::string printable(std::string_view bytes) {
  constexpr std::size_t kLongest = 600;
  std::string text;
  for (const char c : bytes.substr(0, kLongest)) text += escaped(c);
  return bytes.size() > kLongest ? text + "…" : text;
}

}  // namespace poise::support
