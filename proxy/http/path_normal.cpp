#include "proxy/http/path_normal.h"

#include <algorithm>
#include <cstring>

namespace poise::http {
namespace {

bool may_have_dot_segments(std::string_view path) {
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    if (path[i] == '/' && (path[i + 1] == '.' || path[i + 1] == '%')) return true;
  }
  return false;
}

// Takes one dot off the front, in either spelling.
bool take_dot(std::string_view& text) {
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    return true;
  }
  if (text.size() < 3 || text[0] != '%' || text[1] != '2' || (text[2] | 0x20) != 'e') return false;
  text.remove_prefix(3);
  return true;
}

// 1 for ".", 2 for "..", 0 for any other segment.
int dots_in(std::string_view segment) {
  int dots = 0;
  while (dots < 3 && take_dot(segment)) ++dots;
  return segment.empty() && dots < 3 ? dots : 0;
}

}  // namespace

std::optional<std::string_view> without_dot_segments(std::string_view path, base::Arena& arena) {
  if (!may_have_dot_segments(path)) return path;
  char* const start = static_cast<char*>(arena.allocate(path.size()));
  char* end = start;  // what is kept, each segment with its slash before it
  while (!path.empty()) {
    const std::size_t next = std::min(path.find('/', 1), path.size());
    const int dots = dots_in(path.substr(1, next - 1));
    const bool is_last = next == path.size();
    if (dots == 0) {
      std::memcpy(end, path.data(), next);
      end += next;
    }
    if (dots == 2) {
      if (end == start) return std::nullopt;
      while (*--end != '/') {
      }
    }
    if (dots != 0 && is_last) *end++ = '/';
    path.remove_prefix(next);
  }
  return std::string_view(start, static_cast<std::size_t>(end - start));
}

}  // namespace poise::http
