#include "proxy/http/hop_fields.h"

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

using namespace poise;
using namespace poise::http;

namespace {

std::string names_left(const std::vector<std::pair<std::string, std::string>>& given) {
  base::Arena arena;
  Fields fields;
  for (const auto& [name, value] : given) fields.add(arena, name, value);
  remove_hop_fields(fields);
  std::string text;
  for (const Field& field : fields.all()) text += std::string(field.name) + ' ';
  return text;
}

}  // namespace

TEST_CASE("fields of one hop and those the codec writes are taken out") {
  CHECK(names_left({{"A", "1"},
                    {"Connection", "close"},
                    {"Keep-Alive", "timeout=5"},
                    {"Proxy-Connection", "keep-alive"},
                    {"Proxy-Authorization", "x"},
                    {"Proxy-Authenticate", "x"},
                    {"TE", "trailers"},
                    {"Transfer-Encoding", "chunked"},
                    {"Upgrade", "websocket"},
                    {"Content-Length", "5"},
                    {"Expect", "100-continue"},
                    {"Host", "a"},
                    {"B", "2"}}) == "A B ");
}

TEST_CASE("end-to-end fields stay") {
  CHECK(names_left({{"Trailer", "x"}, {"Cookie", "c"}, {"Via", "1.1 a"}, {"Set-Cookie", "d"}}) ==
        "Trailer Cookie Via Set-Cookie ");
}

TEST_CASE("what Connection names goes too, in any case and from several fields") {
  CHECK(names_left({{"x-a", "1"},
                    {"Connection", "X-A, close"},
                    {"X-B", "2"},
                    {"X-C", "3"},
                    {"X-B", "4"},
                    {"connection", ",keep-alive,, x-b ,"}}) == "X-C ");
}

TEST_CASE("a Connection field past many others still counts") {
  std::vector<std::pair<std::string, std::string>> given{{"X-A", "1"}};
  for (int i = 0; i < 20; ++i) given.emplace_back("Connection", "close");
  given.emplace_back("Connection", "x-a");
  CHECK(names_left(given).empty());
}
