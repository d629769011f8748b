#include "proxy/http/fields.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>
#include <vector>

using namespace poise;
using namespace poise::http;

namespace {

const std::vector<std::string> kKnownNames{"Age",
                                           "Connection",
                                           "Content-Length",
                                           "Content-Type",
                                           "Cookie",
                                           "Date",
                                           "Expect",
                                           "Forwarded",
                                           "Host",
                                           "Keep-Alive",
                                           "Location",
                                           "Proxy-Authenticate",
                                           "Referer",
                                           "Retry-After",
                                           "Proxy-Authorization",
                                           "Proxy-Connection",
                                           "Server",
                                           "TE",
                                           "Proxy-Status",
                                           "traceparent",
                                           "tracestate",
                                           "Trailer",
                                           "Upgrade",
                                           "User-Agent",
                                           "Transfer-Encoding",
                                           "Via",
                                           "X-Forwarded-For",
                                           "X-Forwarded-Host",
                                           "X-Forwarded-Proto"};

std::string names(const Fields& fields) {
  std::string text;
  for (const Field& field : fields.all()) text += std::string(field.name) + ' ';
  return text;
}

std::string upper(std::string text) {
  for (auto& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

}  // namespace

TEST_CASE("every known name has an id of its own, in any case") {
  std::set<FieldId> ids;
  for (const auto& name : kKnownNames) {
    INFO(name);
    const FieldId id = field_id_of(name);
    CHECK(id != FieldId::other);
    CHECK(ids.insert(id).second);
    CHECK(field_id_of(upper(name)) == id);
  }
  CHECK(ids.size() == static_cast<std::size_t>(FieldId::x_forwarded_proto));
}

TEST_CASE("names like a known one are not taken for it") {
  for (const auto& name : kKnownNames) {
    INFO(name);
    CHECK(field_id_of(name + "x") == FieldId::other);
    CHECK(field_id_of("x" + name) == FieldId::other);
    CHECK(field_id_of(name.substr(1)) == FieldId::other);
    CHECK(field_id_of(name.substr(0, name.size() - 1) + "_") == FieldId::other);
  }
  CHECK(field_id_of("") == FieldId::other);
  CHECK(field_id_of("content_length") == FieldId::other);
  CHECK(field_id_of(std::string(1000, 'a')) == FieldId::other);
}

TEST_CASE("case is ignored for ASCII letters only") {
  CHECK(equal_ignoring_case("Content-Length", "cONTENT-lENGTH"));
  CHECK_FALSE(equal_ignoring_case("a", "ab"));
  CHECK_FALSE(equal_ignoring_case("@", "`"));
  CHECK_FALSE(equal_ignoring_case("[", "{"));
  CHECK_FALSE(equal_ignoring_case("\xc4", "\xe4"));
}

TEST_CASE("fields keep their order however many there are") {
  base::Arena arena;
  Fields fields;
  for (int i = 0; i < 200; ++i) fields.add(arena, arena.copy("n" + std::to_string(i)), "v");
  REQUIRE(fields.size() == 200);
  for (std::size_t i = 0; i < 200; ++i) CHECK(fields.all()[i].name == "n" + std::to_string(i));
}

TEST_CASE("the first field of a name is found, by id and by name") {
  base::Arena arena;
  Fields fields;
  fields.add(arena, "X-A", "1");
  fields.add(arena, "Host", "first");
  fields.add(arena, "host", "second");
  REQUIRE(fields.find(FieldId::host) != nullptr);
  CHECK(fields.find(FieldId::host)->value == "first");
  CHECK(fields.find("x-a")->value == "1");
  CHECK(fields.find("x-b") == nullptr);
  CHECK(fields.find(FieldId::via) == nullptr);
}

TEST_CASE("removing keeps the others in order") {
  base::Arena arena;
  Fields fields;
  for (const auto* name : {"a", "x", "b", "x", "x", "c"}) fields.add(arena, name, "");
  fields.remove_if([](const Field& field) { return field.name == "x"; });
  CHECK(names(fields) == "a b c ");
  fields.clear();
  CHECK(fields.empty());
}
