#include "proxy/ops/running_explain.h"

#include <catch2/catch.hpp>

using namespace poise;

TEST_CASE("a question to a running poise carries everything that was asked, and nothing more") {
  CHECK(ops::explain_query({.request = "GET /a?b=c&d"}) == "?url=GET%20%2Fa%3Fb%3Dc%26d");
  CHECK(
      ops::explain_query({.request = "http://h/",
                          .headers = {"X-A: 1&2", "Host: b"},
                          .from = "::1",
                          .listener = "web"}) ==
      "?url=http%3A%2F%2Fh%2F&from=%3A%3A1&listener=web&header=X-A%3A%201%262&header=Host%3A%20b");
}
