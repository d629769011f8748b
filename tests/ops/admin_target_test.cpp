#include "proxy/ops/admin_target.h"

#include <catch2/catch.hpp>

using poise::ops::read_admin_target;

TEST_CASE("an admin is found by a URL, an address, a name or a path") {
  CHECK(read_admin_target("http://127.0.0.1:9901/")->address.text() == "127.0.0.1:9901");
  CHECK(read_admin_target("127.0.0.1:9901")->url == "http://127.0.0.1:9901");
  CHECK(read_admin_target("http://localhost:9901")->address.text() == "127.0.0.1:9901");
  CHECK(read_admin_target("http://localhost:9901")->authority == "localhost:9901");
  CHECK(read_admin_target("http://[::1]")->address.text() == "[::1]:9900");
  CHECK(read_admin_target("http://127.0.0.1")->address.port() == 9900);
  CHECK(read_admin_target("unix:/run/poise.sock")->address.is_unix());
}

TEST_CASE("what is no admin's address is refused with a word on what to write") {
  for (const auto* wrong :
       {"", "http://", "https://127.0.0.1:9900", "http://127.0.0.1:9900/api", "http://a@b:1",
        "http://127.0.0.1:0", "http://127.0.0.1:x", "http://127.0.0.1:99999", "unix:"}) {
    INFO(wrong);
    const auto target = read_admin_target(wrong);
    REQUIRE_FALSE(target.ok());
    CHECK(target.error().find("http://127.0.0.1:9900") != std::string::npos);
  }
}
