// A route's path_regex, compiled. RE2 is at home here: it runs in time linear in the path and
// within fixed memory, so neither a pattern nor a client's path can stall a worker (look-around and
// back references do not exist for that reason). Immutable and safe to share between threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace poise::exchange {

// What is wrong with the pattern, in words; nullopt when it compiles.
std::optional<std::string> path_regex_error(std::string_view pattern);

class PathRegex {
 public:
  // A pattern with an error, which the configuration's parser refuses, matches nothing.
  explicit PathRegex(std::string_view pattern);
  ~PathRegex();
  PathRegex(PathRegex&&) noexcept;
  PathRegex& operator=(PathRegex&&) noexcept;

  // The whole path, not a part of it.
  bool matches(std::string_view path) const;

 private:
  std::unique_ptr<const re2::RE2> regex_;
};

}  // namespace poise::exchange
