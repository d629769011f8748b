// Makes ClientHellos for tests, field by field, so that any of them can be wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace poise::support {

inline std::string number_of(std::size_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}
// A vector: its length in so many bytes, then itself.
inline std::string sized(std::string_view text, int bytes) {
  return number_of(text.size(), bytes) + std::string(text);
}
inline std::string extension(std::size_t type, std::string_view body) {
  return number_of(type, 2) + sized(body, 2);
}
inline std::string server_name(std::string_view name) {
  return extension(0, sized(number_of(0, 1) + sized(name, 2), 2));
}
inline std::string protocols(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += sized(name, 1);
  return extension(16, sized(list, 2));
}

// The handshake message around a body.
inline std::string message_of(std::string_view body) { return number_of(1, 1) + sized(body, 3); }
inline std::string body_before_extensions() {
  return "\x03\x03" + std::string(32, 'r') + sized("", 1) + sized("\x13\x01", 2) +
         sized(std::string(1, '\0'), 1);
}
inline std::string hello_message(std::string_view extensions) {
  return message_of(body_before_extensions() + sized(extensions, 2));
}
inline std::string record_of(std::string_view fragment) {
  return "\x16\x03\x01" + sized(fragment, 2);
}
// In records of at most `most` bytes each.
inline std::string records_of(std::string_view message, std::size_t most) {
  std::string records;
  for (; !message.empty(); message.remove_prefix(std::min(most, message.size()))) {
    records += record_of(message.substr(0, most));
  }
  return records;
}

inline std::string client_hello(std::string_view name, const std::vector<std::string>& alpn = {}) {
  std::string extensions = extension(43, "\x02\x03\x04");
  if (!name.empty()) extensions += server_name(name);
  if (!alpn.empty()) extensions += protocols(alpn);
  return record_of(hello_message(extensions));
}

}  // namespace poise::support
