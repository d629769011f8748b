// Raw answers of a backend, well-formed and not, judged by what a strictly parsing client gets.
#include <catch2/catch.hpp>
#include <set>

#include "tests/live/answer_tables/body_cases.h"
#include "tests/live/answer_tables/head_cases.h"

using namespace poise::live::answers;

namespace {

void run_all(const AnswerTable& table) {
  poise::support::AnswerTorture torture;
  for (const AnswerCase& attack : table) {
    INFO(attack.name);
    CHECK(torture.run(attack) == "");
    if (!torture.proxy().is_alive()) FAIL("the proxy died: " << torture.proxy().error_output());
  }
}

}  // namespace

TEST_CASE("the answer tables are at least 65 cases") {
  std::size_t count = 0;
  for (const AnswerTable& table :
       {status_line_cases(), field_cases(), framing_cases(), chunk_cases(), truncation_cases(),
        surplus_cases(), interim_cases()})
    count += table.size();
  CHECK(count >= 65);
}

TEST_CASE("an answer begins with a status line or is a 502") { run_all(status_line_cases()); }
TEST_CASE("an answer's header fields are passed clean or are a 502") { run_all(field_cases()); }
TEST_CASE("an answer has one length or is a 502") { run_all(framing_cases()); }
TEST_CASE("a truncated answer never looks complete") { run_all(truncation_cases()); }
TEST_CASE("a chunked answer is passed whole or visibly cut") { run_all(chunk_cases()); }
TEST_CASE("what follows an answer reaches nobody") { run_all(surplus_cases()); }
TEST_CASE("interim answers come before a final one and have no body") { run_all(interim_cases()); }
