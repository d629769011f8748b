#include "tls/sni_map.h"

#include <algorithm>
#include <array>

namespace poise::tls {
namespace {

constexpr std::size_t kMostName = 255;  // RFC 1035 section 2.3.4

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

std::optional<std::size_t> SniMap::find(std::string_view name) const {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty() || name.size() > kMostName) return std::nullopt;
  std::array<char, kMostName> text;
  std::transform(name.begin(), name.end(), text.begin(), lower);
  const std::string_view asked(text.data(), name.size());
  if (const auto found = exact(asked)) return found;
  const auto dot = asked.find('.');
  if (dot == 0 || dot == asked.npos) return std::nullopt;
  // "a.example.com" turns into "*.example.com" in its place: the label is one byte at least.
  text[dot - 1] = '*';
  return exact(asked.substr(dot - 1));
}

std::optional<std::size_t> SniMap::exact(std::string_view name) const {
  const auto found = names_.find(name);
  if (found == names_.end()) return std::nullopt;
  return found->second;
}

}  // namespace poise::tls
