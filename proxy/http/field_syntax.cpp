#include "proxy/http/field_syntax.h"

#include <algorithm>
#include <array>

#include "proxy/http/fields.h"

namespace poise::http {

namespace {

constexpr std::array<std::string_view, 9> kFramingFields{
    "connection", "content-length",    "keep-alive", "proxy-connection", "te",
    "trailer",    "transfer-encoding", "upgrade",    "http2-settings"};

}  // namespace

bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_framing_field(std::string_view name) {
  return std::any_of(kFramingFields.begin(), kFramingFields.end(),
                     [&](std::string_view field) { return equal_ignoring_case(field, name); });
}

}  // namespace poise::http
