#include "proxy/exchange/cookies.h"

#include <algorithm>

namespace poise::exchange {
namespace {

bool has_cookie(std::string_view cookies, std::string_view name) {
  bool found = false;
  for_each_cookie(cookies, [&](std::string_view pair) { found = found || is_cookie(pair, name); });
  return found;
}

// The other cookies, never longer than all of them were.
std::string_view without(std::string_view cookies, std::string_view name, base::Arena& arena) {
  char* const begin = static_cast<char*>(arena.allocate(cookies.size() + 2));
  char* end = begin;
  for_each_cookie(cookies, [&](std::string_view pair) {
    if (is_cookie(pair, name)) return;
    if (end != begin) end = std::copy_n("; ", 2, end);
    end = std::copy(pair.begin(), pair.end(), end);
  });
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

std::string_view find_cookie(const http::Fields& fields, std::string_view name) {
  std::string_view value;
  for (const http::Field& field : fields.all()) {
    if (field.id != http::FieldId::cookie) continue;
    for_each_cookie(field.value, [&](std::string_view pair) {
      if (value.empty() && is_cookie(pair, name)) value = pair.substr(name.size() + 1);
    });
  }
  return value;
}

void remove_cookie(http::RequestHead& head, std::string_view name) {
  bool is_empty = false;
  for (http::Field& field : head.fields.all()) {
    if (field.id != http::FieldId::cookie || !has_cookie(field.value, name)) continue;
    field.value = without(field.value, name, head.arena);
    is_empty = is_empty || field.value.empty();
  }
  if (!is_empty) return;
  head.fields.remove_if([](const http::Field& field) {
    return field.id == http::FieldId::cookie && field.value.empty();
  });
}

}  // namespace poise::exchange
