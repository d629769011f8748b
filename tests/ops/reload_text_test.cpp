#include "proxy/ops/reload_text.h"

#include <catch2/catch.hpp>

using namespace poise::ops;

namespace {

using Lines = std::vector<std::string>;

ReloadText text_of(int status, const std::string& body, const std::string& file = "") {
  return reload_text({status, "application/json", body}, file);
}

}  // namespace

TEST_CASE("what a reload changed is shown line by line, and nothing is said, too") {
  CHECK(text_of(200, R"({"ok":true,"generation":2,"changes":["a added","b removed"]})").changes ==
        Lines{"a added", "b removed"});
  CHECK(text_of(200, R"({"ok":true,"changes":[]})").changes == Lines{"nothing changes"});
}

TEST_CASE("faults have their place, in the file as the user calls it") {
  const std::string body =
      R"({"ok":false,"errors":[{"message":"m","file":"/etc/p.yaml","line":6,"column":5},
          {"message":"cannot listen"}]})";
  CHECK(text_of(422, body).errors == Lines{"/etc/p.yaml:6:5: error: m", "poise: cannot listen"});
  CHECK(text_of(422, body, "new.yaml").errors.front() == "new.yaml:6:5: error: m");
  CHECK(text_of(422, body).changes.empty());
}

TEST_CASE("what is no answer to a reload has neither") {
  for (const char* body : {"[]", "null", "{}", R"({"errors":7})", R"({"changes":[1,null]})"}) {
    INFO(body);
    const ReloadText text = text_of(500, body);
    CHECK(text.errors.empty());
    CHECK(text.changes.empty());
  }
  CHECK(text_of(409, R"({"error":"nothing is on trial"})").errors ==
        Lines{"poise: nothing is on trial"});
}
