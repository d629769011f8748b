// A compiled regular expression. RE2 is at home here: it runs in time linear in the text and within
// fixed memory, so neither a pattern nor what a peer sends can stall a thread (look-around and back
// references do not exist for that reason). Immutable and safe to share between threads.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace poise::base {

// What is wrong with the pattern, in words; nullopt when it compiles.
std::optional<std::string> regex_error(std::string_view pattern);

class Regex {
 public:
  // A pattern with an error, which the configuration's parser refuses, matches nothing.
  explicit Regex(std::string_view pattern);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  // The whole text, not a part of it.
  bool matches(std::string_view text) const;
  // Any part of it.
  bool is_found_in(std::string_view text) const;
  // As it was written.
  const std::string& pattern() const;

 private:
  std::unique_ptr<const re2::RE2> regex_;
};

}  // namespace poise::base
