#include "proxy/pool/resolved_backends.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "balancing/backend_set.h"
#include "conf/load.h"
#include "conf/print.h"

using namespace poise;
using pool::BackendConfig;
using pool::PoolConfig;
using Texts = std::vector<std::string>;

namespace {

PoolConfig pool_of(const std::string& lines) {
  const auto loaded = conf::load_text(
      "listeners:\n  - bind: :8080\n    pool: app\npools:\n  app:\n" + lines, "test.yaml");
  if (!loaded.ok()) FAIL(conf::render(loaded.error(), false));
  return loaded->pools[0];
}

net::Endpoint endpoint(const std::string& address, std::uint16_t priority = 0,
                       std::uint16_t weight = 0) {
  return {*net::Address::parse(address), "host", priority, weight};
}

using Known = std::map<std::string, std::vector<net::Endpoint>>;

PoolConfig resolve(const PoolConfig& config, const Known& known) {
  return pool::resolved(config, [&](const net::Question& question) {
    const auto found = known.find(question.text());
    return found == known.end() ? std::vector<net::Endpoint>() : found->second;
  });
}

Texts names_of(const PoolConfig& config) {
  Texts names;
  for (const BackendConfig& backend : config.backends) names.push_back(backend.name);
  return names;
}

std::vector<std::uint32_t> weights(std::vector<net::Endpoint> services) {
  const PoolConfig config = pool_of("    discover: { dns: _x._tcp.test, type: srv }\n");
  std::vector<std::uint32_t> all;
  for (const auto& backend : resolve(config, {{"SRV _x._tcp.test", std::move(services)}}).backends)
    all.push_back(backend.weight);
  return all;
}

}  // namespace

TEST_CASE("each address of a name is a backend that has what was set for the name") {
  const PoolConfig config = pool_of(
      "    backends:\n      - 127.0.0.1:9001\n"
      "      - { address: app.test:80, weight: 3, max_connections: 7 }\n"
      "      - { address: big.test:81, name: big }\n");
  const PoolConfig with =
      resolve(config, {{"app.test:80", {endpoint("10.0.0.1:80"), endpoint("[fd00::1]:80")}},
                       {"big.test:81", {endpoint("10.0.0.2:81")}}});
  CHECK(names_of(with) == Texts{"127.0.0.1:9001", "app.test@10.0.0.1:80", "app.test@[fd00::1]:80",
                                "big@10.0.0.2:81"});
  CHECK(with.backends[1].weight == 3);
  CHECK(with.backends[1].max_connections == 7);
  CHECK(with.backends[1].address.text() == "10.0.0.1:80");
  for (const BackendConfig& backend : with.backends) CHECK_FALSE(backend.question.is_asked());
}

TEST_CASE("what does not resolve is no backend, and a pool may have none") {
  const PoolConfig config = pool_of("    backends: [app.test:80]\n");
  CHECK(resolve(config, {}).backends.empty());
}

TEST_CASE("an address that two names share is one backend") {
  const PoolConfig config =
      pool_of("    backends: [a.test:80, b.test:80]\n    discover: { dns: c.test:80 }\n");
  const PoolConfig with =
      resolve(config, {{"a.test:80", {endpoint("10.0.0.1:80")}},
                       {"b.test:80", {endpoint("10.0.0.1:80")}},
                       {"c.test:80", {endpoint("10.0.0.1:80"), endpoint("10.0.0.2:80")}}});
  CHECK(names_of(with) == Texts{"a.test@10.0.0.1:80", "c.test@10.0.0.2:80"});
}

TEST_CASE("services of lower priority are later tiers, numbered without gaps") {
  const PoolConfig config = pool_of("    discover: { dns: _x._tcp.test, type: srv }\n");
  const PoolConfig with =
      resolve(config, {{"SRV _x._tcp.test",
                        {endpoint("10.0.0.1:80", 20, 1), endpoint("10.0.0.2:80", 10, 1),
                         endpoint("10.0.0.3:80", 500, 1)}}});
  CHECK(names_of(with)[0] == "_x._tcp.test@10.0.0.1:80");
  CHECK(with.backends[0].tier == 1);
  CHECK(with.backends[1].tier == 0);
  CHECK(with.backends[2].tier == 2);
}

TEST_CASE("a service's weight is the backend's; 0 beside others is a very small chance") {
  using Weights = std::vector<std::uint32_t>;
  CHECK(weights({endpoint("10.0.0.1:80", 1, 10), endpoint("10.0.0.2:80", 1, 20)}) ==
        Weights{10, 20});
  CHECK(weights({endpoint("10.0.0.1:80", 1, 0), endpoint("10.0.0.2:80", 1, 0)}) == Weights{1, 1});
  CHECK(weights({endpoint("10.0.0.1:80", 1, 0), endpoint("10.0.0.2:80", 1, 2)}) == Weights{1, 200});
  CHECK(weights({endpoint("10.0.0.1:80", 1, 0), endpoint("10.0.0.2:80", 1, 65535)}) ==
        Weights{1, balancing::kMostWeight});
  // The other tier's zero is its own matter.
  CHECK(weights({endpoint("10.0.0.1:80", 1, 0), endpoint("10.0.0.2:80", 2, 2)}) == Weights{1, 2});
}

TEST_CASE("a pool's questions are those of its backends and of discover, with its interval") {
  const auto questions =
      pool::questions_of(pool_of("    backends: [127.0.0.1:1, a.test:80]\n"
                                 "    discover: { dns: _x._tcp.test, type: srv, interval: 5s }\n"));
  REQUIRE(questions.size() == 2);
  CHECK(questions[0].question.text() == "a.test:80");
  CHECK(questions[0].interval.count() == 0);
  CHECK(questions[1].question.text() == "SRV _x._tcp.test");
  CHECK(questions[1].interval == std::chrono::seconds(5));
}
