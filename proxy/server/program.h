// This program as it was started: what to start again to get its successor. A value.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace poise::server {

struct Program {
  // Absolute, and as the caller wrote it: where that is a symbolic link, or a file that is replaced
  // later, it leads to the new one.
  std::string path;
  std::vector<std::string> arguments;
};

// At the start, while the working directory is what the path of argv[0] counts from.
Program this_program(int argc, const char* const* argv);

// The path behind a command's name, as a shell finds it in `search` ("/usr/bin:/bin"), made
// absolute from `folder`. Nothing where there is no such file.
std::optional<std::string> find_program(const std::string& name, const std::string& search,
                                        const std::string& folder);

}  // namespace poise::server
