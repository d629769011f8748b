#include "conf/reader/yaml_reader.h"

#include <catch2/catch.hpp>
#include <chrono>

#include "conf/reader/yaml_parser.h"

using namespace poise::conf;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> read(const std::string& text,
                              const std::function<void(YamlMap&)>& reading) {
  Diagnostics diagnostics;
  const auto root = parse_yaml(text, "test.yaml", read_process_environment, diagnostics);
  REQUIRE(root != nullptr);
  YamlMap map(*root, "thing 'x'", diagnostics);
  reading(map);
  map.finish();
  std::vector<std::string> messages;
  for (const auto& each : diagnostics.sorted()) messages.push_back(each.message);
  return messages;
}

}  // namespace

TEST_CASE("typed values are read and what is not given keeps its default") {
  std::uint32_t count = 7;
  std::uint32_t absent = 7;
  std::uint32_t null = 7;
  poise::base::Duration duration{};
  poise::base::ByteCount size = 0;
  double share = 0;
  bool flag = false;
  std::string text;
  const auto messages =
      read("n: 3\nd: 5s\ns: 2KiB\np: 25%\nf: yes\nt: 12\nnull:\nnone: ~\n", [&](YamlMap& map) {
        map.read("n", count);
        map.read("absent", absent);
        map.read("none", null);
        map.read_duration("d", duration);
        map.read_size("s", size);
        map.read_percent("p", share);
        map.read("f", flag);
        map.read("t", text);
        map.read("null", null);
      });
  // `null` as a key is no text in YAML.
  CHECK(messages == std::vector<std::string>{"a key must be plain text"});
  CHECK(count == 3);
  CHECK(absent == 7);
  CHECK(null == 7);
  CHECK(duration == 5s);
  CHECK(size == 2048);
  CHECK(share == Approx(0.25));
  CHECK(flag);
  CHECK(text == "12");
}

TEST_CASE("keys nobody asked for are reported, with a suggestion") {
  const auto messages = read("weigth: 3\nname: a\n", [&](YamlMap& map) {
    std::uint32_t weight = 0;
    std::string name;
    map.read("weight", weight);
    map.read("name", name);
  });
  CHECK(messages ==
        std::vector<std::string>{"unknown key 'weigth' in thing 'x'; did you mean 'weight'?"});
}

TEST_CASE("a wrong value leaves the target alone and names the setting") {
  std::uint32_t count = 7;
  const auto messages = read("n: many\n", [&](YamlMap& map) { map.read("n", count); });
  CHECK(count == 7);
  CHECK(messages ==
        std::vector<std::string>{"'n' in thing 'x' must be a whole number, not 'many'"});
}

TEST_CASE("a range holds at both ends") {
  std::uint32_t count = 0;
  const auto reading = [&](YamlMap& map) { map.read("n", count, {2, 4}); };
  CHECK(read("n: 2\n", reading).empty());
  CHECK(read("n: 4\n", reading).empty());
  CHECK(count == 4);
  CHECK(read("n: 1\n", reading).size() == 1);
  CHECK(read("n: 5\n", reading).size() == 1);
  CHECK(count == 4);
}

TEST_CASE("what is not supported is refused unless it is switched off") {
  const auto reading = [](YamlMap& map) { map.reject_unsupported("tls", {"off"}); };
  CHECK(read("tls: {}\n", reading) ==
        std::vector<std::string>{"'tls' in thing 'x' is not supported yet"});
  CHECK(read("tls: on\n", reading).size() == 1);
  CHECK(read("tls: off\n", reading).empty());
  CHECK(read("tls:\n", reading).empty());
  CHECK(read("{}\n", reading).empty());
}

TEST_CASE("lists and maps inside are read in order, each under its own name") {
  std::vector<std::string> seen;
  const auto messages = read("l: [a, [b], c]\nm: { k: v }\n", [&](YamlMap& map) {
    map.each("l", [&](YamlValue& value) {
      if (const auto text = value.text()) seen.push_back(*text);
    });
    map.entries("m", [&](const std::string& name, YamlValue& value) {
      seen.push_back(name + "=" + value.text().value_or("?"));
    });
  });
  CHECK(seen == std::vector<std::string>{"a", "c", "k=v"});
  CHECK(messages ==
        std::vector<std::string>{"entry 2 of 'l' in thing 'x' must be text, not a list"});
}
