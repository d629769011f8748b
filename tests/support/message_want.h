// What a test wants of a message, in one short line of words: body=TEXT, Name=value, !Name (must be
// absent). Used by the torture tables; pure.
#pragma once

#include <string>
#include <vector>

#include "tests/support/strict_message.h"

namespace poise::support {

// Checks words[first] and what follows. Empty when all hold, else the first that does not.
std::string find_mismatch(const StrictMessage& message, const std::vector<std::string>& words,
                          std::size_t first);
// Printable form of raw bytes for test messages, shortened.
std::string printable(std::string_view bytes);

}  // namespace poise::support
