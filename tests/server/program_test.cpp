#include "proxy/server/program.h"

#include <catch2/catch.hpp>
#include <filesystem>

using namespace poise::server;

TEST_CASE("a program is found as a shell finds it, by an absolute path") {
  CHECK(find_program("sh", "/nowhere:/bin:/usr/bin", "/tmp") == "/bin/sh");
  CHECK(find_program("/bin/sh", "", "/tmp") == "/bin/sh");
  CHECK(find_program("bin/sh", "", "/") == "/bin/sh");
  CHECK(find_program("./sh", "", "/bin") == "/bin/./sh");
  CHECK_FALSE(find_program("sh", "/nowhere", "/bin"));
  CHECK_FALSE(find_program("./no-such-thing", "/bin", "/bin"));
  CHECK_FALSE(find_program("", "/bin", "/"));
}

TEST_CASE("a program that was called by another name is found nevertheless") {
  const char* const arguments[] = {"sh", "run", "-c", "file"};
  const Program program = this_program(4, arguments);
  CHECK(std::filesystem::equivalent(program.path, "/proc/self/exe"));
  CHECK(program.path.front() == '/');
  CHECK(program.arguments == std::vector<std::string>{"sh", "run", "-c", "file"});
}
