// One HTTP/1 message as the strict parser understood it, with the exact bytes it came as. Plain
// data for judging: shares nothing with poise's own message types.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace poise::support {

struct StrictField {
  std::string name;
  std::string value;
};

enum class StrictFraming { none, length, chunked, until_close };

struct StrictMessage {
  std::string raw;
  std::string method;  // requests
  std::string target;
  int status = 0;  // responses
  std::string reason;
  int minor_version = 1;
  std::vector<StrictField> fields;
  StrictFraming framing = StrictFraming::none;
  std::string body;  // without chunk framing
  std::vector<StrictField> trailers;

  bool has(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  // All values of that name, joined by ", "; empty when there is none.
  std::string value(std::string_view name) const;
  std::string trailer(std::string_view name) const;
  // Whether the comma-separated list of that name has this word, ignoring case.
  bool lists(std::string_view name, std::string_view word) const;
};

std::string lower_case(std::string_view text);
std::vector<std::string> list_items(std::string_view text, char separator = ',');

}  // namespace poise::support
