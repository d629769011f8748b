#include "proxy/exchange/request_key.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "balancing/hash.h"

using namespace poise;
using namespace poise::exchange;
using balancing::hash_text;
using balancing::KeySource;
using Kind = KeySource::Kind;

namespace {

struct Asked {
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string path = "/a/b";
  std::string query{};
  std::string authority = "example.com";
  std::string client = "192.0.2.7:1234";
};

std::uint64_t key_of(const KeySource& source, const Asked& asked, std::uint64_t seed = 1) {
  http::RequestHead head;
  head.path = asked.path;
  head.query = asked.query;
  head.authority = asked.authority;
  for (const auto& [name, value] : asked.headers) head.fields.add(head.arena, name, value);
  base::Random random(seed);
  return request_key(&source, head, *net::Address::parse(asked.client), random);
}

}  // namespace

TEST_CASE("a key is the hash of what its source names") {
  const Asked asked{.headers = {{"X-User", "ann"}, {"Cookie", "a=1; id=7f; b=2"}},
                    .query = "x=1&user%20id=5%206&y=2"};
  CHECK(key_of({Kind::header, "x-user"}, asked) == hash_text("ann"));
  CHECK(key_of({Kind::header, "Host"}, asked) == hash_text("example.com"));
  CHECK(key_of({Kind::cookie, "id"}, asked) == hash_text("7f"));
  CHECK(key_of({Kind::cookie, "b"}, asked) == hash_text("2"));
  CHECK(key_of({Kind::query, "x"}, asked) == hash_text("1"));
  CHECK(key_of({Kind::query, "user id"}, asked) == hash_text("5%206"));
  CHECK(key_of({Kind::path, ""}, asked) == hash_text("/a/b"));
  CHECK(key_of({Kind::client_ip, ""}, asked) == hash_text({"\xc0\x00\x02\x07", 4}));
}

TEST_CASE("a client's key is its address without the port, in either family") {
  const KeySource source{Kind::client_ip, ""};
  const auto key = key_of(source, {.client = "192.0.2.7:1"});
  CHECK(key_of(source, {.client = "192.0.2.7:2"}) == key);
  CHECK(key_of(source, {.client = "[::ffff:192.0.2.7]:3"}) == key);
  CHECK(key_of(source, {.client = "192.0.2.8:1"}) != key);
  const auto v6 = key_of(source, {.client = "[2001:db8::1]:1"});
  CHECK(key_of(source, {.client = "[2001:db8::1]:2"}) == v6);
  CHECK(key_of(source, {.client = "[2001:db8::2]:1"}) != v6);
}

TEST_CASE("a cookie is found by its whole name, in any of the cookie fields") {
  const KeySource source{Kind::cookie, "id"};
  CHECK(key_of(source, {.headers = {{"Cookie", "sid=1; idx=2;id=3"}}}) == hash_text("3"));
  CHECK(key_of(source, {.headers = {{"Cookie", "x=1"}, {"Cookie", "id=4"}}}) == hash_text("4"));
  CHECK(key_of(source, {.headers = {{"Cookie", "id=5; id=6"}}}) == hash_text("5"));
  CHECK(key_of(source, {.headers = {{"Cookie", " ;; id = 1;id=a=b "}}}) == hash_text("a=b"));
}

TEST_CASE("a request without the key, or with an empty one, gets a random key") {
  const std::vector<std::pair<KeySource, Asked>> cases{
      {{Kind::header, "x-user"}, {}},
      {{Kind::header, "x-user"}, {.headers = {{"X-User", ""}}}},
      {{Kind::cookie, "id"}, {.headers = {{"Cookie", "id; x=1; id="}}}},
      {{Kind::query, "user"}, {.query = "user&x=1"}},
      {{Kind::client_ip, ""}, {.client = "unix:/run/x.sock"}},
  };
  for (const auto& [source, asked] : cases) {
    INFO(balancing::to_text(source));
    std::set<std::uint64_t> keys;
    for (std::uint64_t seed = 0; seed < 20; ++seed) keys.insert(key_of(source, asked, seed));
    CHECK(keys.size() == 20);
  }
}

TEST_CASE("a strategy without a key costs no chance and no hash") {
  const http::RequestHead head;
  base::Random random(1);
  base::Random untouched(1);
  CHECK(request_key(nullptr, head, {}, random) == 0);
  CHECK(session_key(nullptr, {}, {}, random) == 0);
  CHECK(random() == untouched());
}

TEST_CASE("a TCP session's key is its client's, as a request's would be") {
  base::Random random(1);
  const KeySource source{Kind::client_ip, ""};
  const auto client = *net::Address::parse("192.0.2.7:99");
  CHECK(session_key(&source, client, {}, random) == key_of(source, {}));
}
