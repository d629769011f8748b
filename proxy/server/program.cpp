#include "proxy/server/program.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace poise::server {
namespace {

namespace fs = std::filesystem;

constexpr const char* kItself = "/proc/self/exe";

bool is_this_one(const std::string& path) {
  std::error_code ignored;
  return fs::equivalent(path, kItself, ignored);
}

}  // namespace

std::optional<std::string> find_program(const std::string& name, const std::string& search,
                                        const std::string& folder) {
  if (name.empty()) return std::nullopt;
  const auto runs = [](const fs::path& path) { return ::access(path.c_str(), X_OK) == 0; };
  if (name.find('/') != name.npos) {
    const fs::path path = fs::path(folder) / name;
    if (!runs(path)) return std::nullopt;
    return path.string();
  }
  for (std::size_t begin = 0; begin <= search.size();) {
    const std::size_t end = std::min(search.find(':', begin), search.size());
    const fs::path path = fs::path(folder) / search.substr(begin, end - begin) / name;
    if (runs(path)) return path.string();
    begin = end + 1;
  }
  return std::nullopt;
}

Program this_program(int argc, const char* const* argv) {
  Program program;
  program.arguments.assign(argv, argv + argc);
  std::error_code ignored;
  const char* search = std::getenv("PATH");
  const auto found = find_program(argc > 0 ? argv[0] : "", search != nullptr ? search : "",
                                  fs::current_path(ignored).string());
  // Whoever starts a program may call it as he likes.
  program.path =
      found && is_this_one(*found) ? *found : fs::read_symlink(kItself, ignored).string();
  return program;
}

}  // namespace poise::server
