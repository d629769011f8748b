#include "proxy/exchange/path_regex.h"

#include <re2/re2.h>

namespace poise::exchange {
namespace {

// Program and state cache together. When it is full RE2 becomes slower, never larger.
constexpr std::int64_t kMemory = 512 * 1024;

re2::StringPiece piece_of(std::string_view text) { return {text.data(), text.size()}; }

RE2::Options options() {
  RE2::Options options;
  options.set_max_mem(kMemory);
  options.set_log_errors(false);
  options.set_never_capture(true);
  // Paths are bytes: one that is not UTF-8 must still match ".*".
  options.set_encoding(RE2::Options::EncodingLatin1);
  return options;
}

}  // namespace

std::optional<std::string> path_regex_error(std::string_view pattern) {
  const RE2 regex(piece_of(pattern), options());
  if (regex.ok()) return std::nullopt;
  return regex.error();
}

PathRegex::PathRegex(std::string_view pattern)
    : regex_(std::make_unique<const RE2>(piece_of(pattern), options())) {}
PathRegex::~PathRegex() = default;
PathRegex::PathRegex(PathRegex&&) noexcept = default;
PathRegex& PathRegex::operator=(PathRegex&&) noexcept = default;

bool PathRegex::matches(std::string_view path) const {
  return regex_->ok() && RE2::FullMatchN(piece_of(path), *regex_, nullptr, 0);
}

}  // namespace poise::exchange
