#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "conf/load.h"
#include "conf/print.h"
#include "proxy/base/random.h"
#include "tests/conf/example_environment.h"

using namespace poise::conf;
using poise::test::example_environment;

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> examples() {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(POISE_SOURCE_DIR "/conf/examples")) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What a slip of the hand does, and what a fuzzer does.
std::string mutate(std::string text, poise::base::Random& random) {
  static const std::vector<std::string> kPieces{":",     " ",
                                                "\n",    "\t",
                                                "- ",    "[",
                                                "]",     "{",
                                                "}",     "\"",
                                                "'",     "&a ",
                                                "*a",    "#",
                                                "${",    "}",
                                                "|\n",   ">",
                                                "? ",    "!!",
                                                "%",     "---\n",
                                                "...\n", "\xff",
                                                "~",     "999999999999999999999",
                                                "-1",    "<<: *a\n"};
  const auto at = [&] { return random.below(static_cast<std::uint32_t>(text.size() + 1)); };
  const std::uint32_t edits = 1 + random.below(4);
  for (std::uint32_t i = 0; i < edits; ++i) {
    const std::size_t place = at();
    switch (random.below(4)) {
      case 0:
        text.insert(place, kPieces[random.below(static_cast<std::uint32_t>(kPieces.size()))]);
        break;
      case 1:
        text.erase(place, 1 + random.below(12));
        break;
      case 2:
        text.insert(place, text.substr(at(), random.below(200)));
        break;
      default:
        if (place < text.size()) text[place] = static_cast<char>(random.below(256));
    }
  }
  return text;
}

}  // namespace

TEST_CASE("every example loads without error or warning") {
  const auto paths = examples();
  CHECK(paths.size() >= 8);
  for (const auto& path : paths) {
    INFO(path.string());
    Diagnostics warnings;
    const Loaded loaded = load_file(path.string(), &warnings, example_environment);
    if (!loaded.ok()) FAIL(render(loaded.error(), false));
    CHECK(warnings.empty());
    CHECK(text_of(path).starts_with("# "));
  }
}

TEST_CASE("an example's addresses come from the environment") {
  const Loaded loaded = load_file(POISE_SOURCE_DIR "/conf/examples/smallest.yaml", nullptr,
                                  [](const std::string& name) -> std::optional<std::string> {
                                    if (name == "POISE_BIND") return "127.0.0.1:0";
                                    return std::nullopt;
                                  });
  REQUIRE(loaded.ok());
  CHECK(loaded->listeners[0].bind[0].text() == "127.0.0.1:0");
  CHECK(loaded->pools[0].backends[1].address.text() == "127.0.0.1:9002");
}

TEST_CASE("examples changed at random load or are refused with a place, and never crash") {
  poise::base::Random random(20240607);
  std::vector<std::string> texts;
  for (const auto& path : examples()) texts.push_back(text_of(path));
  int refused = 0;
  for (int round = 0; round < 4000; ++round) {
    const auto& original = texts[random.below(static_cast<std::uint32_t>(texts.size()))];
    const Loaded loaded =
        load_text(mutate(original, random), "m.yaml", nullptr, example_environment);
    if (loaded.ok()) continue;
    ++refused;
    const auto all = loaded.error().sorted();
    CAPTURE(round);
    REQUIRE_FALSE(all.empty());
    for (const auto& each : all) REQUIRE(each.at.line > 0);
    REQUIRE_FALSE(render(loaded.error(), true).empty());
    REQUIRE_FALSE(render_json(loaded.error()).empty());
  }
  CHECK(refused > 1000);
  CHECK(refused < 4000);
}
