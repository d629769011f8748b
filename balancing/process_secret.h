// What sticky cookies are made with where no secret is configured: made up once, it lives as long
// as the process, over its reloads; and longer, where the process hands it to the one that replaces
// it. Any thread; replaced only before anything was made with it.
#pragma once

#include <string>

namespace poise::balancing {

const std::string& process_secret();
void replace_process_secret(std::string secret);

}  // namespace poise::balancing
