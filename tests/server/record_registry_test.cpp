#include "proxy/server/record_registry.h"

#include <catch2/catch.hpp>

using namespace poise;
using server::RecordRegistry;

namespace {

net::Address at(const char* text) { return *net::Address::parse(text); }

}  // namespace

TEST_CASE("a backend keeps its record while its pool, name and address stay") {
  RecordRegistry registry;
  const auto record = registry.backend("app", "a", at("127.0.0.1:1"));
  CHECK(registry.backend("app", "a", at("127.0.0.1:1")) == record);
  CHECK(registry.backend("app", "a", at("127.0.0.1:2")) != record);
  CHECK(registry.backend("app", "b", at("127.0.0.1:1")) != record);
  CHECK(registry.backend("other", "a", at("127.0.0.1:1")) != record);
}

TEST_CASE("pools are known by name, routes by their listener's, their own and their pool's") {
  RecordRegistry registry;
  const auto pool = registry.pool("app");
  const auto route = registry.route("web", "api", "app");
  CHECK(registry.pool("app") == pool);
  CHECK(registry.pool("app2") != pool);
  CHECK(registry.route("web", "api", "app") == route);
  CHECK(registry.route("web2", "api", "app") != route);
  CHECK(registry.route("web", "", "app") != route);
  CHECK(registry.route("web", "api", "app2") != route);
}

TEST_CASE("a record that nobody has any more is made anew, and its name forgotten") {
  RecordRegistry registry;
  auto pool = registry.pool("app");
  auto kept = registry.pool("kept");
  pool->cells.of(0).retries.add(7);
  pool.reset();
  CHECK(registry.size() == 2);
  registry.prune();
  CHECK(registry.size() == 1);
  CHECK(registry.pool("app")->cells.of(0).retries.read() == 0);
  CHECK(registry.pool("kept") == kept);
}
