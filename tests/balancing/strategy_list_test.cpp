// Adding a strategy is one pair of files and one line, and nothing else.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <string>

#include "balancing/strategies.h"

using namespace poise::balancing;

namespace {

namespace fs = std::filesystem;

// "round_robin.cpp" is round-robin's.
std::string strategy_of(const fs::path& file) {
  std::string name = file.stem().string();
  for (char& c : name) c = c == '_' ? '-' : c;
  return name;
}

}  // namespace

TEST_CASE("every strategy of the list is one pair of files, and every pair is in the list") {
  std::multiset<std::string> files;
  for (const auto& entry : fs::directory_iterator(POISE_SOURCE_DIR "/balancing/strategies")) {
    files.insert(strategy_of(entry.path()));
  }
  std::multiset<std::string> listed;
  for (const auto& entry : all_strategies()) {
    listed.insert(std::string(entry.name));
    listed.insert(std::string(entry.name));
  }
  CHECK(files == listed);
}
