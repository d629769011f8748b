#include "conf/reader/names.h"

#include <algorithm>
#include <cstddef>

namespace poise::conf {

namespace {

constexpr std::size_t kLongestName = 128;

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

}  // namespace

std::string_view name_fault(std::string_view name) {
  if (name.empty()) return "must not be empty";
  if (name.size() > kLongestName) return "must not be longer than 128 bytes";
  if (std::any_of(name.begin(), name.end(), is_control)) return "must not hold control characters";
  if (name.front() == ' ' || name.back() == ' ') return "must not begin or end with a space";
  return {};
}

}  // namespace poise::conf
