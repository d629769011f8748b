// A setting with the value in force, as the configuration writes it: how those who alone know their
// settings (a strategy, a kind of probe) tell them to whoever shows a configuration again. A value.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace poise::conf {

struct Setting {
  std::string key{};  // "": an item of a list
  std::string value{};
  std::vector<Setting> inner{};  // instead of a value: a map, or a list where keys are empty
};
using Settings = std::vector<Setting>;

// What stands in place of a secret.
inline constexpr std::string_view kHidden = "(hidden)";

// Whether the value of a header field of that name is likely to let somebody in.
inline bool is_secret_field(std::string_view name) {
  constexpr std::array<std::string_view, 8> kWords{"auth", "cookie", "token",   "secret",
                                                   "pass", "key",    "session", "credential"};
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return lower.find(word) != lower.npos; });
}

}  // namespace poise::conf
