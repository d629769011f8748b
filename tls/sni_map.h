// Which certificate answers for a name: the exact name first, else the wildcard for the label's
// place (RFC 6125 section 6.4.3: one label, the leftmost). Names in lower case. Built once, then
// constant; allocates nothing to look up.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace poise::tls {

class SniMap {
 public:
  // The first of a name stays. "*.example.com" is a wildcard.
  void add(std::string name, std::size_t what) { names_.emplace(std::move(name), what); }

  // Itself, not a wildcard that fits it.
  bool has(std::string_view name) const { return exact(name).has_value(); }

  std::optional<std::size_t> find(std::string_view name) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::optional<std::size_t> exact(std::string_view name) const;

  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> names_;
};

}  // namespace poise::tls
