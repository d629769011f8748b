// Every file in tests/conf/broken is a configuration that must be refused. Its first lines say how:
// "# expect LINE:COLUMN WORDS", one for each error, in order.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conf/load.h"
#include "conf/print.h"

using namespace poise::conf;

namespace {

namespace fs = std::filesystem;

struct Expected {
  std::string place;
  std::string words;
};

std::vector<Expected> read_expectations(const fs::path& path) {
  std::vector<Expected> expected;
  std::ifstream file(path);
  const std::string mark = "# expect ";
  for (std::string line; std::getline(file, line) && line.starts_with(mark);) {
    const auto space = line.find(' ', mark.size());
    REQUIRE(space != std::string::npos);
    expected.push_back({line.substr(mark.size(), space - mark.size()), line.substr(space + 1)});
  }
  return expected;
}

std::vector<Diagnostic> errors_in(const Diagnostics& diagnostics) {
  auto all = diagnostics.sorted();
  std::erase_if(all, [](const Diagnostic& each) { return each.severity != Severity::error; });
  return all;
}

void check_broken(const fs::path& path) {
  INFO(path.filename().string());
  const auto expected = read_expectations(path);
  REQUIRE_FALSE(expected.empty());
  const Loaded loaded = load_file(path.string());
  REQUIRE_FALSE(loaded.ok());
  CHECK(exit_code_of(loaded.error()) == 1);
  const auto errors = errors_in(loaded.error());
  INFO(render(loaded.error(), false));
  REQUIRE(errors.size() == expected.size());
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const Position at = errors[i].at;
    CHECK(std::to_string(at.line) + ":" + std::to_string(at.column) == expected[i].place);
    CHECK_FALSE(expected[i].words.empty());
    CHECK_THAT(errors[i].message, Catch::Contains(expected[i].words));
  }
}

}  // namespace

TEST_CASE("every broken configuration is refused at the right place in the right words") {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(POISE_SOURCE_DIR "/tests/conf/broken")) {
    check_broken(entry.path());
    ++count;
  }
  CHECK(count >= 110);
}
