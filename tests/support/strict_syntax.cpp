#include "tests/support/strict_syntax.h"

#include <algorithm>
#include <array>

namespace poise::support {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool is_token_char(char c) {
  return is_digit(c) || is_alpha(c) || (c != '\0' && is_one_of(c, "!#$%&'*+-.^_`|~"));
}
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

template <typename Test>
bool all_of(std::string_view text, Test test) {
  return std::all_of(text.begin(), text.end(), test);
}

bool is_port(std::string_view text) { return text.size() <= 5 && all_of(text, is_digit); }

bool is_name_char(char c) {
  return is_alpha(c) || is_digit(c) || (c != '\0' && is_one_of(c, "-._~%!$&'()*+,;="));
}

bool is_literal_char(char c) { return is_hex(c) || c == ':' || c == '.'; }

// Takes `token` or `token=token` or `token="quoted"` off the front.
bool take_extension(std::string_view& rest) {
  const auto take_token = [&rest] {
    const std::size_t end = static_cast<std::size_t>(
        std::find_if_not(rest.begin(), rest.end(), is_token_char) - rest.begin());
    rest.remove_prefix(end);
    return end > 0;
  };
  if (!take_token()) return false;
  if (rest.empty() || rest.front() != '=') return true;
  rest.remove_prefix(1);
  if (rest.empty() || rest.front() != '"') return take_token();
  const std::size_t close = rest.find('"', 1);
  if (close == std::string_view::npos || !is_field_value(rest.substr(0, close))) return false;
  rest.remove_prefix(close + 1);
  return true;
}

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && all_of(text, is_token_char); }

bool is_field_value(std::string_view text) {
  return all_of(text, [](char c) { return c == '\t' || !is_control(c); });
}

bool is_host(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return false;
    const std::string_view rest = text.substr(close + 1);
    return close > 2 && all_of(text.substr(1, close - 1), is_literal_char) &&
           (rest.empty() || (rest.front() == ':' && is_port(rest.substr(1))));
  }
  const std::size_t colon = std::min(text.find(':'), text.size());
  return all_of(text.substr(0, colon), is_name_char) &&
         (colon == text.size() || is_port(text.substr(colon + 1)));
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  if (text.empty() || !all_of(text, is_digit)) return std::nullopt;
  constexpr std::uint64_t kMost = INT64_MAX;
  std::uint64_t value = 0;
  for (const char c : text) {
    const std::uint64_t digit = static_cast<std::uint64_t>(c - '0');
    if (value > (kMost - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

std::optional<std::uint64_t> chunk_size(std::string_view line) {
  const std::size_t digits =
      static_cast<std::size_t>(std::find_if_not(line.begin(), line.end(), is_hex) - line.begin());
  if (digits == 0 || digits > 15) return std::nullopt;
  std::string_view rest = line.substr(digits);
  while (!rest.empty()) {
    if (rest.front() != ';') return std::nullopt;
    rest.remove_prefix(1);
    if (!take_extension(rest)) return std::nullopt;
  }
  return std::stoull(std::string(line.substr(0, digits)), nullptr, 16);
}

std::string field_fault(std::string_view line, StrictField& out) {
  if (line.front() == ' ' || line.front() == '\t') return "folded header line";
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return "header line without a colon";
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && is_one_of(value.front(), " \t")) value.remove_prefix(1);
  while (!value.empty() && is_one_of(value.back(), " \t")) value.remove_suffix(1);
  out = {std::string(line.substr(0, colon)), std::string(value)};
  if (!is_token(out.name)) return "header name is not a token";
  if (!is_field_value(out.value)) return "control byte in a header value";
  return {};
}

std::string target_fault(const StrictMessage& request) {
  const std::string_view target = request.target;
  if (target.empty()) return "empty target";
  if (!all_of(target, [](char c) { return !is_control(c) && c != ' ' && c != '#'; }))
    return "forbidden byte in the target";
  if (target.front() == '/') return {};
  if (target == "*") return request.method == "OPTIONS" ? "" : "asterisk without OPTIONS";
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return "target in no known form";
  const std::string_view rest = target.substr(scheme + 3);
  const std::string authority = lower_case(rest.substr(0, rest.find_first_of("/?")));
  return authority == lower_case(request.value("Host")) ? "" : "target and Host disagree";
}

std::string host_fault(const StrictMessage& request) {
  const std::size_t hosts = request.count("Host");
  if (hosts > 1) return "more than one Host";
  if (hosts == 0 && request.minor_version > 0) return "no Host";
  if (!is_host(request.value("Host"))) return "malformed Host";
  return {};
}

std::string trailer_fault(const StrictField& trailer) {
  static constexpr std::array kForbidden = {"content-length",   "transfer-encoding", "host",
                                            "connection",       "trailer",           "te",
                                            "upgrade",          "content-range",     "content-type",
                                            "content-encoding", "authorization",     "expect",
                                            "keep-alive"};
  const std::string name = lower_case(trailer.name);
  const bool forbidden = std::find(kForbidden.begin(), kForbidden.end(), name) != kForbidden.end();
  return forbidden ? "forbidden trailer " + name : "";
}

}  // namespace poise::support
