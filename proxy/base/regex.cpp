#include "proxy/base/regex.h"

#include <re2/re2.h>

namespace poise::base {
namespace {

// Program and state cache together. When it is full RE2 becomes slower, never larger.
constexpr std::int64_t kMemory = 512 * 1024;

re2::StringPiece piece_of(std::string_view text) { return {text.data(), text.size()}; }

RE2::Options options() {
  RE2::Options options;
  options.set_max_mem(kMemory);
  options.set_log_errors(false);
  options.set_never_capture(true);
  // What peers send is bytes: what is not UTF-8 must still match ".*".
  options.set_encoding(RE2::Options::EncodingLatin1);
  return options;
}

}  // namespace

std::optional<std::string> regex_error(std::string_view pattern) {
  const RE2 regex(piece_of(pattern), options());
  if (regex.ok()) return std::nullopt;
  return regex.error();
}

Regex::Regex(std::string_view pattern)
    : regex_(std::make_unique<const RE2>(piece_of(pattern), options())) {}
Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

bool Regex::matches(std::string_view text) const {
  return regex_->ok() && RE2::FullMatchN(piece_of(text), *regex_, nullptr, 0);
}

const std::string& Regex::pattern() const { return regex_->pattern(); }

bool Regex::is_found_in(std::string_view text) const {
  return regex_->ok() && RE2::PartialMatchN(piece_of(text), *regex_, nullptr, 0);
}

}  // namespace poise::base
