#include "conf/reader/yaml_parser.h"

#include <catch2/catch.hpp>

#include "conf/reader/source_text.h"

using namespace poise::conf;

namespace {

const Environment kEnvironment = [](const std::string& name) -> std::optional<std::string> {
  if (name == "LIST") return "[1, 2]";
  if (name == "N") return "5";
  return std::nullopt;
};

YamlNodePtr parse(const std::string& text, Diagnostics& diagnostics) {
  return parse_yaml(text, "test.yaml", kEnvironment, diagnostics);
}

YamlNodePtr parse_clean(const std::string& text) {
  Diagnostics diagnostics;
  auto root = parse(text, diagnostics);
  REQUIRE_FALSE(diagnostics.failed());
  REQUIRE(root != nullptr);
  return root;
}

// The one error of a text that has no tree.
Diagnostic refusal(const std::string& text) {
  Diagnostics diagnostics;
  CHECK(parse(text, diagnostics) == nullptr);
  const auto all = diagnostics.sorted();
  REQUIRE(all.size() == 1);
  return all.front();
}

void check_at(const Diagnostic& diagnostic, std::uint32_t line, std::uint32_t column,
              const std::string& fragment) {
  CHECK(diagnostic.at.line == line);
  CHECK(diagnostic.at.column == column);
  CHECK_THAT(diagnostic.message, Catch::Contains(fragment));
}

}  // namespace

TEST_CASE("keys and values know their place and width, in characters") {
  const auto root = parse_clean("ä: 1\nb: { \"öö\": 'x y', c: [1,\n  zwei] }\n");
  const YamlEntry* b = root->find("b");
  REQUIRE(b != nullptr);
  CHECK(b->key_at == Position{0, 2, 1, 1});
  const YamlEntry* quoted_key = b->value->find("öö");
  REQUIRE(quoted_key != nullptr);
  CHECK(quoted_key->key_at == Position{0, 2, 6, 4});
  CHECK(quoted_key->value->at == Position{0, 2, 12, 5});
  CHECK(b->value->find("c")->value->items[1]->at == Position{0, 3, 3, 4});
}

TEST_CASE("a byte-order mark and carriage returns make no difference") {
  const auto root = parse_clean(
      "\xef\xbb\xbf"
      "a: 1\r\nb:\r\n  - x\r\n");
  CHECK(root->find("a")->value->text == "1");
  CHECK(root->find("b")->value->items[0]->text == "x");
  CHECK(root->find("b")->value->items[0]->at == Position{0, 3, 5, 1});
}

TEST_CASE("a variable's text never becomes structure, and stays typed") {
  const auto root = parse_clean("a: ${LIST}\nb: \"${N}\"\nc: \"5\"\nd: ${NONE:-}\n");
  CHECK(root->find("a")->value->kind == YamlNode::Kind::scalar);
  CHECK(root->find("a")->value->text == "[1, 2]");
  CHECK(root->find("b")->value->style == YamlNode::Style::plain);
  CHECK(root->find("c")->value->style == YamlNode::Style::quoted);
  CHECK(root->find("d")->value->kind == YamlNode::Kind::null);
}

TEST_CASE("an alias stands for its anchor's value") {
  const auto root = parse_clean("a: &x { k: 1 }\nb: *x\n");
  CHECK(root->find("b")->value == root->find("a")->value);
}

TEST_CASE("what is no text is refused with its place") {
  check_at(refusal(std::string("a: b\0c\n", 7)), 1, 5, "control character 0x00");
  check_at(refusal("a: 1\nb: \xff\n"), 2, 4, "byte 0xff is not valid UTF-8");
  check_at(refusal("a: \xc0\x80\n"), 1, 4, "not valid UTF-8");
  check_at(refusal("a: \xed\xa0\x80\n"), 1, 4, "not valid UTF-8");
  check_at(refusal("a: \xf5\x80\x80\x80\n"), 1, 4, "not valid UTF-8");
  check_at(refusal("a: \xe2\x82"), 1, 4, "not valid UTF-8");
  check_at(refusal("a: 1\rb: 2\n"), 1, 5, "control character 0x0d");
  check_at(refusal("a: \x1b[31m\n"), 1, 4, "control character 0x1b");
  check_at(refusal("\xff\xfe"
                   "a\0"),
           1, 1, "not valid UTF-8");
}

TEST_CASE("an empty text is refused") {
  check_at(refusal(""), 1, 1, "empty");
  check_at(refusal("\n\n"), 1, 1, "empty");
  check_at(refusal("\xef\xbb\xbf"), 1, 1, "empty");
}

TEST_CASE("a text larger than 4 MiB is refused") {
  CHECK_THAT(refusal(std::string(kMaxFileBytes + 1, '#')).message, Catch::Contains("4 MiB"));
}

TEST_CASE("depth is bounded") {
  const std::string nested = std::string(100'000, '[');
  CHECK_THAT(refusal("a: " + nested).message, Catch::Contains("too deeply"));
  CHECK_THAT(refusal(std::string(100'000, '{')).message, Catch::Contains("too deeply"));
  Diagnostics diagnostics;
  CHECK(parse("a: " + std::string(kMaxDepth - 1, '[') + std::string(kMaxDepth - 1, ']'),
              diagnostics) != nullptr);
}

TEST_CASE("the number of values is bounded, aliases counted in full") {
  std::string flat = "a: [";
  for (std::size_t i = 0; i < kMaxNodes; ++i) flat += "b,";
  CHECK_THAT(refusal(flat + "]").message, Catch::Contains("too many values"));

  std::string bomb = "x0: &x0 [y, y, y, y, y, y, y, y, y, y]\n";
  for (int i = 1; i < 30; ++i) {
    bomb += "x" + std::to_string(i) + ": &x" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) bomb += "*x" + std::to_string(i - 1) + ", ";
    bomb += "]\n";
  }
  CHECK_THAT(refusal(bomb).message, Catch::Contains("too many values"));
}

TEST_CASE("errors beyond the syntax leave a tree, so that the rest is checked too") {
  Diagnostics diagnostics;
  const auto root = parse("a: 1\na: 2\n[x]: 3\nb: ${NONE}\n", diagnostics);
  REQUIRE(root != nullptr);
  CHECK(diagnostics.error_count() == 3);
  CHECK(root->find("a")->value->text == "1");
  CHECK(root->entries.size() == 2);
}
