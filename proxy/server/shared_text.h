// A text that two processes share: a file in memory only, as there may be secrets in it. One
// writes, the other reads when it was told to. Any thread.
#pragma once

#include <string>
#include <string_view>

#include "proxy/net/fd.h"

namespace poise::server {

// Nobody's yet, for as long as somebody has it open; without a descriptor, errno says why not.
net::Fd new_shared_text();
// In place of what was there. False, with errno, when it could not be written.
bool write_text(const net::Fd& file, std::string_view text);
// All of it; nothing when that cannot be had.
std::string text_in(const net::Fd& file);

}  // namespace poise::server
