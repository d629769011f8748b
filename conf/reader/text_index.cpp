#include "conf/reader/text_index.h"

#include <algorithm>

#include "conf/reader/source_text.h"

namespace poise::conf {

namespace {

// Beyond this, bytes stand for characters: counting them anew for each node of one huge line would
// take quadratic time.
constexpr std::size_t kCountedColumns = 4096;
constexpr std::size_t kWidestUnderline = 120;

std::size_t column_of(std::string_view before) {
  return 1 + (before.size() > kCountedColumns ? before.size() : count_characters(before));
}

}  // namespace

TextIndex::TextIndex(std::string_view text, std::uint32_t file) : text_(text), file_(file) {
  line_starts_.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
}

Position TextIndex::at(std::size_t offset, std::size_t width) const {
  offset = std::min(offset, text_.size());
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const std::size_t start = *(next - 1);
  Position result;
  result.file = file_;
  result.line = static_cast<std::uint32_t>(next - line_starts_.begin());
  result.column = static_cast<std::uint32_t>(column_of(text_.substr(start, offset - start)));
  result.width = static_cast<std::uint32_t>(std::clamp<std::size_t>(width, 1, kWidestUnderline));
  return result;
}

std::size_t TextIndex::width_of(std::size_t offset, std::string_view value) const {
  if (is_quote(offset)) {
    const auto end = quote_end(offset);
    const std::string_view whole = text_.substr(offset, end.value_or(offset) - offset);
    return count_characters(whole.substr(0, whole.find('\n')));
  }
  value = value.substr(0, kWidestUnderline);
  return text_.substr(offset).starts_with(value) ? count_characters(value) : 1;
}

std::size_t TextIndex::skip_properties(std::size_t offset) const {
  while (offset < text_.size() && (text_[offset] == '&' || text_[offset] == '!')) {
    offset = std::min(text_.find_first_of(" \n\t", offset), text_.size());
    offset = std::min(text_.find_first_not_of(" \n\t", offset), text_.size());
  }
  return offset;
}

std::size_t TextIndex::skip_blanks_back(std::size_t offset) const {
  const std::size_t found = text_.substr(0, offset).find_last_not_of(" \n\t");
  return found == std::string_view::npos ? offset : found;
}

bool TextIndex::is_quote(std::size_t offset) const {
  return offset < text_.size() && (text_[offset] == '"' || text_[offset] == '\'');
}

std::optional<std::size_t> TextIndex::quote_end(std::size_t offset) const {
  const char quote = text_[offset];
  for (std::size_t i = offset + 1; i < text_.size(); ++i) {
    if (quote == '"' && text_[i] == '\\') {
      ++i;
    } else if (text_[i] == quote) {
      const bool doubled = quote == '\'' && i + 1 < text_.size() && text_[i + 1] == quote;
      if (!doubled) return i + 1;
      ++i;
    }
  }
  return std::nullopt;
}

}  // namespace poise::conf
