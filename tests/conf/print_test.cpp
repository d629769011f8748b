#include "conf/print.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "conf/load.h"

using namespace poise::conf;

namespace {

Diagnostics diagnostics_of(const std::string& text) {
  const Loaded loaded = load_text(text, "poise.yaml");
  REQUIRE_FALSE(loaded.ok());
  return loaded.error();
}

const std::string kTwoFaults =
    "listeners:\n  - bind: :8080\n    pool: apo\npools:\n  api:\n"
    "    blance: least-connections\n    backends: [127.0.0.1:9001]\n";

}  // namespace

TEST_CASE("an error is shown with its place, its line and a caret") {
  CHECK(render(diagnostics_of(kTwoFaults), false) ==
        "poise.yaml:3:11: error: listener ':8080' uses pool 'apo', which is not defined; "
        "did you mean 'api'?\n"
        "    3 |     pool: apo\n"
        "      |           ^~~\n"
        "poise.yaml:6:5: error: unknown key 'blance' in pool 'api'; did you mean 'balance'?\n"
        "    6 |     blance: least-connections\n"
        "      |     ^~~~~~\n");
}

TEST_CASE("color is used only when asked for") {
  const Diagnostics diagnostics = diagnostics_of(kTwoFaults);
  CHECK_THAT(render(diagnostics, true), Catch::Contains("\x1b[1;31merror:"));
  CHECK_THAT(render(diagnostics, false), !Catch::Contains("\x1b"));
}

TEST_CASE("the caret stands right under characters of several bytes and in long lines") {
  const std::string text =
      "listeners: [{ bind: \":1\", pöol: x, pool: p }]\n"
      "pools: { p: { backends: [127.0.0.1:1] } }\n";
  CHECK(render(diagnostics_of(text), false) ==
        "poise.yaml:1:27: error: unknown key 'pöol' in listener ':1'; did you mean 'pool'?\n"
        "    1 | listeners: [{ bind: \":1\", pöol: x, pool: p }]\n"
        "      |                           ^~~~\n");
  Diagnostics diagnostics;
  const auto file = diagnostics.add_source("w", std::string(5000, 'a') + "bcd\n");
  diagnostics.error({file, 1, 5001, 3}, "here");
  const std::string shown = render(diagnostics, false);
  CHECK(shown.size() < 400);
  CHECK_THAT(shown, Catch::Contains("abcd\n"));
  CHECK_THAT(shown, Catch::EndsWith(std::string(60, ' ') + "^~~\n"));
}

TEST_CASE("a caret at or behind the last column that is shown is still one caret") {
  for (const std::uint32_t column : {159u, 160u, 161u}) {
    Diagnostics diagnostics;
    const auto file = diagnostics.add_source("w", std::string(160, 'a') + "\n");
    diagnostics.error({file, 1, column, 2}, "here");
    const std::string caret = std::string(column - 1, ' ') + (column < 160 ? "^~\n" : "^\n");
    CHECK_THAT(render(diagnostics, false), Catch::EndsWith(caret));
  }
}

TEST_CASE("programs get the same as an array") {
  const auto array = nlohmann::json::parse(render_json(diagnostics_of(kTwoFaults)));
  REQUIRE(array.size() == 2);
  CHECK(array[1]["file"] == "poise.yaml");
  CHECK(array[1]["line"] == 6);
  CHECK(array[1]["column"] == 5);
  CHECK(array[1]["severity"] == "error");
  CHECK(array[1]["message"] == "unknown key 'blance' in pool 'api'; did you mean 'balance'?");
  CHECK(render_json(Diagnostics()) == "[]\n");
}

TEST_CASE("the exit code tells a faulty configuration from one that cannot be read") {
  CHECK(exit_code_of(Diagnostics()) == 0);
  CHECK(exit_code_of(diagnostics_of("x")) == 1);
  const Loaded missing = load_file("/nonexistent/poise.yaml");
  REQUIRE_FALSE(missing.ok());
  CHECK(exit_code_of(missing.error()) == 3);
  CHECK(render(missing.error(), false) ==
        "/nonexistent/poise.yaml: error: cannot be read: No such file or directory\n");
}

TEST_CASE("more errors than anyone reads are only counted") {
  Diagnostics diagnostics;
  const auto file = diagnostics.add_source("x", "a\n");
  for (int i = 0; i < 1000; ++i) diagnostics.error({file, 1, 1, 1}, "e");
  CHECK(diagnostics.error_count() == 1000);
  CHECK_THAT(render(diagnostics, false), Catch::EndsWith("… and 500 more\n"));
}
