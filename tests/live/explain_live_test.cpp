// The command `poise explain`, and that a running poise does what it says.
#include <catch2/catch.hpp>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "tests/support/proxied_backend.h"

using namespace poise::support;
using Arguments = std::vector<std::string>;

namespace {

struct Said {
  int exit_code;
  std::string output;
  std::string error;
};

Said run(const Arguments& command) {
  ChildProcess process(command);
  const int exit_code = process.wait_for_exit().value_or(-1);
  process.standard_output().wait_for_end();
  process.standard_error().wait_for_end();
  return {exit_code, process.standard_output().text(), process.standard_error().text()};
}

Said explain(const std::string& file, const Arguments& arguments) {
  Arguments command{poise_binary(), "explain"};
  if (!file.empty()) command.insert(command.end(), {"-c", file});
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run(command);
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

const std::string kYaml =
    "listeners:\n  - { name: web, bind: \":8080\", pool: app }\n"
    "  - { name: db, bind: \":5432\", protocol: tcp, pool: app }\n"
    "pools: { app: { backends: [127.0.0.1:1] } }\n";

std::string source_file(const std::string& path) {
  std::ifstream stream(std::string(POISE_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// What stands after `opening` and before the next line of three backticks.
std::string block_after(const std::string& text, const std::string& opening) {
  const auto begin = text.find(opening);
  REQUIRE(begin != text.npos);
  const auto start = begin + opening.size();
  return text.substr(start, text.find("```", start) - start);
}

std::string shell_quoted(const std::string& path) { return "'" + path + "'"; }

}  // namespace

TEST_CASE("poise explain prints text, or JSON with the same content") {
  const ScratchFolder folder;
  const std::string file = folder.write("poise.yaml", kYaml);
  const Arguments words{"POST", "http://a.test:8080/x", "-H", "X-A: 1", "--from", "192.0.2.9"};
  const Said text = explain(file, words);
  CHECK(text.exit_code == 0);
  CHECK(has(text.output, "POST /x\nHost: a.test:8080\nfrom 192.0.2.9\n"));
  CHECK(has(text.output, "  X-A: 1\n  X-Forwarded-For: 192.0.2.9\n"));
  Arguments as_json = words;
  as_json.emplace_back("--json");
  const auto json = nlohmann::json::parse(explain(file, as_json).output);
  CHECK(json["from"] == "192.0.2.9");
  CHECK(json["listeners"][0]["name"] == "web");
  CHECK(json["listeners"][0]["pools"][0]["candidates"][0]["address"] == "127.0.0.1:1");
}

TEST_CASE("poise explain takes a TCP listener by its address or its name") {
  const ScratchFolder folder;
  const std::string file = folder.write("poise.yaml", kYaml);
  CHECK(has(explain(file, {"tcp 10.0.0.1:5432"}).output, "listener db (tcp on "));
  CHECK(has(explain(file, {"--listener", "db", "--from", "10.0.0.1"}).output, "from 10.0.0.1\n"));
}

TEST_CASE("poise explain ends with 0 when it explained, 1, 2 or 3 by whose fault it was") {
  const ScratchFolder folder;
  const std::string file = folder.write("poise.yaml", kYaml);
  const std::string url = "http://a.test:8080/";
  CHECK(explain(file, {url}).exit_code == 0);
  CHECK(explain(file, {"a.test"}).exit_code == 1);
  CHECK(explain(file, {"CONNECT " + url}).exit_code == 1);
  CHECK(explain(file, {url, "--listener", "none"}).exit_code == 1);
  CHECK(explain(folder.write("bad.yaml", "listeners: 1\n"), {url}).exit_code == 1);
  CHECK(explain(file, {}).exit_code == 2);
  CHECK(explain("", {url}).exit_code == 2);
  CHECK(explain(folder.path("none.yaml"), {url}).exit_code == 3);
  const RefusingPort nobody;
  CHECK(explain("", {url, "--admin", "http://" + nobody.address()}).exit_code == 3);
  CHECK(explain(file, {url, "--admin", "http://" + nobody.address()}).exit_code == 2);
}

TEST_CASE("the sample in docs/explain.md is what poise explain prints") {
  const std::string page = source_file("docs/explain.md");
  const ScratchFolder folder;
  folder.write("poise.yaml", block_after(page, "```yaml\n"));
  const std::string sample = block_after(page, "```\n$ poise ");
  const auto line_end = sample.find('\n');
  const Said said = run({"sh", "-c",
                         "cd " + shell_quoted(folder.path("")) + " && " +
                             shell_quoted(poise_binary()) + " " + sample.substr(0, line_end)});
  CHECK(said.exit_code == 0);
  CHECK(said.output == sample.substr(line_end + 1));
}

TEST_CASE("a running poise sends each key where poise explain says") {
  std::vector<std::unique_ptr<RecordingBackend>> backends;
  Arguments list;
  for (int i = 0; i < 4; ++i) {
    backends.push_back(std::make_unique<RecordingBackend>());
    list.push_back(backends.back()->address());
  }
  const LivePoise poise(
      simple_config(list, "    balance: { strategy: maglev, key: \"header:X-User\" }\n"));
  const std::string file = poise.folder().path("poise.yaml");
  std::set<std::string> homes;
  for (int i = 0; i < 12; ++i) {
    const std::string field = "X-User: u" + std::to_string(i);
    const auto said =
        nlohmann::json::parse(explain(file, {"http://t.test/a", "-H", field, "--json"}).output);
    const std::string home = said["listeners"][0]["pools"][0]["lands_on"];
    RawClient client(poise.port());
    REQUIRE(client.ask(request_text("GET /a", field + "\r\n")).status() == 200);
    std::string answered;
    for (const auto& backend : backends) {
      if (!backend->take_requests().empty()) answered = backend->address();
    }
    CHECK(answered == home);
    homes.insert(home);
  }
  CHECK(homes.size() > 1);
}
