#include "proxy/net/path_watch.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/net/turned_loop.h"

using namespace poise;
using namespace poise::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

class Scene {
 public:
  Scene() {
    char name[] = "/tmp/poise-watch-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    folder_ = name;
  }
  ~Scene() {
    watch_.reset();
    fs::remove_all(folder_);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }
  void link(const std::string& target, const std::string& name) const {
    fs::create_symlink(target, path(name + ".new"));
    fs::rename(path(name + ".new"), path(name));
  }
  void watch(const std::string& name) {
    watch_ = std::make_unique<net::PathWatch>(
        turned.loop(), path(name), net::PathStamp::of(path(name)), [this] { ++changes; });
    turned.settle();
  }

  TurnedLoop turned;
  int changes = 0;

 private:
  fs::path folder_;
  std::unique_ptr<net::PathWatch> watch_;
};

}  // namespace

TEST_CASE("a file that stays as it is changes never") {
  Scene scene;
  scene.write("a", "one");
  scene.watch("a");
  for (int i = 0; i < 10; ++i) scene.turned.pass_time(10min);
  CHECK(scene.changes == 0);
}

TEST_CASE("the kernel's word makes a change known without waiting for the next look") {
  Scene scene;
  scene.write("a", "one");
  scene.watch("a");
  scene.write("a", "two and more");
  scene.turned.settle();
  CHECK(scene.changes == 0);
  scene.turned.pass_time(300ms);
  CHECK(scene.changes == 1);
  scene.turned.pass_time(1h);
  CHECK(scene.changes == 1);
}

TEST_CASE("while a file is being written it counts as one change, at its end") {
  Scene scene;
  scene.write("a", "one");
  scene.watch("a");
  std::string text = "a longer one";
  for (int i = 0; i < 20; ++i) {
    scene.write("a", text += "more");
    scene.turned.settle();
    scene.turned.pass_time(150ms);
    CHECK(scene.changes == 0);
  }
  scene.turned.pass_time(300ms);
  CHECK(scene.changes == 1);
}

TEST_CASE("what changed between reading and watching is a change") {
  Scene scene;
  scene.write("a", "one");
  const auto seen = net::PathStamp::of(scene.path("a"));
  scene.write("a", "two and more");
  int changes = 0;
  const net::PathWatch watch(scene.turned.loop(), scene.path("a"), seen, [&] { ++changes; });
  scene.turned.pass_time(300ms);
  CHECK(changes == 1);
}

TEST_CASE("a file is followed through links that are swapped, as a mounted volume's are") {
  Scene scene;
  fs::create_directory(scene.path("..1"));
  fs::create_directory(scene.path("..2"));
  scene.write("..1/a", "one");
  scene.write("..2/a", "two");
  scene.link("..1", "..data");
  scene.link("..data/a", "a");
  SECTION("by its name") { scene.watch("a"); }
  SECTION("by its folder's") { scene.watch("."); }
  scene.link("..2", "..data");
  scene.turned.settle();
  scene.turned.pass_time(300ms);
  CHECK(scene.changes == 1);
  // Where it leads now is watched, too.
  scene.write("..2/a", "two and more");
  scene.turned.settle();
  scene.turned.pass_time(300ms);
  CHECK(scene.changes == 2);
}

TEST_CASE("a folder changes when a file in it comes or goes, and hidden ones do not count") {
  Scene scene;
  scene.write("a", "one");
  scene.watch(".");
  scene.write(".hidden", "text");
  scene.turned.settle();
  scene.turned.pass_time(300ms);
  CHECK(scene.changes == 0);
  scene.write("b", "two");
  scene.turned.settle();
  scene.turned.pass_time(300ms);
  CHECK(scene.changes == 1);
  fs::remove(scene.path("b"));
  scene.turned.settle();
  scene.turned.pass_time(300ms);
  CHECK(scene.changes == 2);
}

TEST_CASE("without a word of the kernel the next look finds the change") {
  Scene scene;
  fs::create_directory(scene.path("inner"));
  scene.write("inner/a", "one");
  scene.watch("inner/a");
  // The folder that was listened to is gone; the new one of its name was never listened to.
  fs::remove_all(scene.path("inner"));
  scene.turned.pass_time(300ms);
  scene.turned.pass_time(300ms);
  CHECK(scene.changes == 1);
  fs::create_directory(scene.path("inner"));
  scene.write("inner/a", "two and more");
  scene.turned.pass_time(net::PathWatch::kLook + 100ms);
  scene.turned.pass_time(300ms);
  CHECK(scene.changes == 2);
}
