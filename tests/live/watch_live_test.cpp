// `poise run --watch`, and configurations that test themselves, with real files and reloads.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/support/proxied_backend.h"

using namespace poise::support;
namespace fs = std::filesystem;

namespace {

BackendScript called(const std::string& name) {
  return answering([name](const StrictMessage&) { return plain_reply(name); });
}

std::string asked(std::uint16_t port) { return RawClient(port).ask(get_text("x")).message.body; }

std::size_t lines_with(OutputLines& output, const std::string& part) {
  std::size_t count = 0;
  for (const std::string& line : output.lines()) count += line.find(part) != line.npos ? 1 : 0;
  return count;
}

class WatchingPoise {
 public:
  WatchingPoise(const ScratchFolder& folder, const std::string& name)
      : poise_({"--watch", "-c", folder.path(name)}) {
    REQUIRE(log().wait_for_line("poise runs with"));
  }

  std::uint16_t port() const { return poise_.port(); }
  OutputLines& log() { return poise_.process().standard_error(); }
  bool said(const std::string& part, std::size_t nth = 0) {
    const bool is_said = log().wait_for_line(part, nth, Deadline(kPatience * 2)).has_value();
    INFO(log().text());
    CHECK(is_said);
    return is_said;
  }

 private:
  LivePoise poise_;
};

// Under another name first, as careful editors do.
void replace(const ScratchFolder& folder, const std::string& name, const std::string& text) {
  fs::rename(folder.write(name + ".new", text), folder.path(name));
}

void swap_link(const ScratchFolder& folder, const std::string& target, const std::string& name) {
  fs::create_symlink(target, folder.path(name + ".new"));
  fs::rename(folder.path(name + ".new"), folder.path(name));
}

}  // namespace

TEST_CASE("a watched file is taken up when it changes, written over or put in its place") {
  RecordingBackend one(called("one"));
  RecordingBackend two(called("two"));
  RecordingBackend three(called("three"));
  const ScratchFolder folder;
  folder.write("poise.yaml", simple_config({one.address()}));
  WatchingPoise poise(folder, "poise.yaml");
  CHECK(asked(poise.port()) == "one");
  folder.write("poise.yaml", simple_config({two.address()}, "", "", "# two\n"));
  CHECK(poise.said("reloaded: generation 2"));
  CHECK(asked(poise.port()) == "two");
  replace(folder, "poise.yaml", simple_config({three.address()}, "", "", "# three\n"));
  CHECK(poise.said("reloaded: generation 3"));
  CHECK(asked(poise.port()) == "three");
}

TEST_CASE("a watched volume is taken up when its link is swapped, as Kubernetes does") {
  RecordingBackend one(called("one"));
  RecordingBackend two(called("two"));
  const ScratchFolder folder;
  fs::create_directory(folder.path("..one"));
  fs::create_directory(folder.path("..two"));
  folder.write("..one/poise.yaml", simple_config({one.address()}));
  folder.write("..two/poise.yaml", simple_config({two.address()}));
  swap_link(folder, "..one", "..data");
  swap_link(folder, "..data/poise.yaml", "poise.yaml");
  const std::string watched = GENERATE("poise.yaml", ".");
  WatchingPoise poise(folder, watched);
  CHECK(asked(poise.port()) == "one");
  swap_link(folder, "..two", "..data");
  CHECK(poise.said("reloaded: generation 2"));
  CHECK(asked(poise.port()) == "two");
}

TEST_CASE("a watched file that is faulty keeps the old one, is told once, and the next one works") {
  RecordingBackend one(called("one"));
  RecordingBackend two(called("two"));
  const ScratchFolder folder;
  folder.write("poise.yaml", simple_config({one.address()}));
  WatchingPoise poise(folder, "poise.yaml");
  replace(folder, "poise.yaml", simple_config({two.address()}, "    blance: random\n"));
  CHECK(poise.said("poise.yaml:8:5: error: unknown key 'blance'"));
  CHECK(poise.said("reload refused"));
  CHECK(asked(poise.port()) == "one");
  folder.write("unrelated", "another file in the folder");
  replace(folder, "poise.yaml", simple_config({two.address()}, "", "", "# whole\n"));
  CHECK(poise.said("reloaded: generation 2"));
  CHECK(asked(poise.port()) == "two");
  CHECK(lines_with(poise.log(), "reload refused") == 1);
}

TEST_CASE("a configuration whose tests fail is refused at start and at a reload") {
  RecordingBackend one(called("one"));
  RecordingBackend two(called("two"));
  const std::string good = "tests: [{ request: \"http://any/x\", expect: { pool: app } }]\n";
  const std::string bad = "tests: [{ request: \"http://any/x\", expect: { status: 404 } }]\n";
  LivePoise poise(simple_config({one.address()}, "", "", good));
  REQUIRE(poise.process().standard_error().wait_for_line("poise runs with"));
  const std::string line = poise.reload(simple_config({two.address()}, "", "", bad));
  CHECK(line.find("reload refused") != line.npos);
  const std::string log = poise.process().standard_error().text();
  INFO(log);
  CHECK(
      log.find("poise.yaml:1:54: error: test 'http://any/x' fails: expected status 404, but route "
               "'route-1' leads it to pool 'app'") != log.npos);
  CHECK(asked(poise.port()) == "one");

  const ScratchFolder folder;
  const std::string path = folder.write("poise.yaml", simple_config({one.address()}, "", "", bad));
  for (const char* command : {"run", "check"}) {
    ChildProcess refused({poise_binary(), command, "-c", path});
    CHECK(refused.wait_for_exit() == 1);
    CHECK(refused.standard_error().text().find("fails: expected status 404") != std::string::npos);
  }
}
