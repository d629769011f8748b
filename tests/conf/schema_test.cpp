#include "conf/schema.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

using nlohmann::json;

namespace {

json schema() { return json::parse(poise::conf::schema_text()); }

// The form of that type among those a setting may have.
const json* form(const json& setting, const std::string& type) {
  if (setting.value("type", json()) == type) return &setting;
  if (!setting.contains("anyOf")) return nullptr;
  for (const json& each : setting["anyOf"]) {
    if (each.value("type", json()) == type) return &each;
  }
  return nullptr;
}

// "pools.*.backends[].weight"
const json* at(const json& all, const std::string& path) {
  const json* now = &all;
  std::istringstream steps(path);
  for (std::string step; std::getline(steps, step, '.');) {
    const bool is_list = step.ends_with("[]");
    if (is_list) step.resize(step.size() - 2);
    now = form(*now, "object");
    if (now == nullptr) return nullptr;
    if (step == "*") {
      now = &(*now)["additionalProperties"];
    } else {
      if (!(*now)["properties"].contains(step)) return nullptr;
      now = &(*now)["properties"][step];
    }
    if (!is_list) continue;
    now = form(*now, "array");
    if (now == nullptr) return nullptr;
    now = &(*now)["items"];
  }
  return now;
}

bool refers_to(const json& setting, const std::string& definition) {
  return setting.dump().find("#/definitions/" + definition + "\"") != std::string::npos;
}

std::set<std::string> words(const json& setting) {
  std::set<std::string> found;
  if (!setting.contains("anyOf")) return found;
  for (const json& each : setting["anyOf"]) {
    if (!each.contains("enum")) continue;
    for (const json& word : each["enum"]) {
      if (word.is_string()) found.insert(word.get<std::string>());
    }
  }
  return found;
}

void gather(const json& node, std::set<std::string>& keys, std::set<std::string>& all_words) {
  if (node.is_array()) {
    for (const json& each : node) gather(each, keys, all_words);
  }
  if (!node.is_object()) return;
  if (node.contains("properties") && node["properties"].is_object()) {
    for (const auto& [name, value] : node["properties"].items()) keys.insert(name);
  }
  if (node.contains("enum")) all_words.merge(words({{"anyOf", {node}}}));
  for (const auto& [name, value] : node.items()) gather(value, keys, all_words);
}

std::string text_of(const std::string& file) {
  std::ifstream stream(std::string(POISE_SOURCE_DIR) + "/docs/" + file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// The last part of each setting named in the first column of a table.
std::set<std::string> documented(const std::string& text) {
  std::set<std::string> keys;
  std::istringstream lines(text);
  const std::regex name("`([a-z0-9_.]+)`");
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| `")) continue;
    const std::string column = line.substr(0, line.find(" | ", 2));
    for (std::sregex_iterator hit(column.begin(), column.end(), name), end; hit != end; ++hit) {
      const std::string key = (*hit)[1];
      keys.insert(key.substr(key.rfind('.') + 1));
    }
  }
  return keys;
}

}  // namespace

TEST_CASE("the schema knows types, ranges and words of settings at any depth") {
  const json all = schema();
  REQUIRE(at(all, "workers"));
  REQUIRE(at(all, "shutdown.drain"));
  CHECK(refers_to(*at(all, "shutdown.drain"), "duration"));
  REQUIRE(at(all, "log.level"));
  CHECK(words(*at(all, "log.level")) == std::set<std::string>{"debug", "info", "warn", "error"});
  REQUIRE(at(all, "listeners[].bind[]"));
  CHECK(refers_to(*at(all, "listeners[].bind"), "text"));
  REQUIRE(at(all, "listeners[].routes[].match.headers.*"));
  REQUIRE(at(all, "pools.*.backends[].weight"));
  CHECK(at(all, "pools.*.backends[].weight")->dump().find("\"maximum\"") != std::string::npos);
  CHECK(refers_to(*at(all, "pools.*.backends[]"), "text"));
  REQUIRE(at(all, "pools.*.retry.budget"));
  CHECK(refers_to(*at(all, "pools.*.retry.budget"), "share"));
  CHECK(words(*at(all, "pools.*.retry.on[]")).count("connect") == 1);
}

TEST_CASE("the schema knows settings that another one must be a certain word for") {
  const json all = schema();
  CHECK(words(*at(all, "pools.*.balance")).count("maglev") == 1);
  CHECK(at(all, "pools.*.balance.key"));
  CHECK(at(all, "pools.*.balance.same_site"));
  CHECK(at(all, "pools.*.balance.fallback.strategy"));
  CHECK(at(all, "pools.*.health.active.expect_status[]"));
}

TEST_CASE("the schema allows no unknown key, and only settings of the user's own may be any") {
  const json all = schema();
  CHECK(all["additionalProperties"] == false);
  CHECK_FALSE(at(all, "listener"));
  CHECK(form(*at(all, "pools.*"), "object")->at("additionalProperties") == false);
}

TEST_CASE("what is documented and what the schema has is the same") {
  std::set<std::string> keys;
  std::set<std::string> all_words;
  gather(schema(), keys, all_words);
  const std::string text = text_of("configuration.md") + text_of("logging.md");
  for (const std::string& key : documented(text_of("configuration.md"))) {
    INFO(key);
    CHECK(keys.count(key) + all_words.count(key) > 0);
  }
  for (const std::string& key : keys) {
    INFO(key);
    CHECK(text.find(key) != text.npos);
  }
}
