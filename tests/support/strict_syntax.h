// The grammar of HTTP/1.1 as pure questions about text, from RFC 9110, 9112 and 3986: no leniency
// anywhere. Used only to judge; shares no code with poise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/strict_message.h"

namespace poise::support {

bool is_token(std::string_view text);
bool is_field_value(std::string_view text);
bool is_host(std::string_view text);
// Digits only, at least one, below 2^63.
std::optional<std::uint64_t> decimal(std::string_view text);
// The size of a chunk-size line; nothing when the line, extensions included, is malformed.
std::optional<std::uint64_t> chunk_size(std::string_view line);

// Empty when fine, else what is wrong.
std::string field_fault(std::string_view line, StrictField& out);
std::string target_fault(const StrictMessage& request);
std::string host_fault(const StrictMessage& request);
std::string trailer_fault(const StrictField& trailer);

}  // namespace poise::support
