// What the tests of explain() share: a configuration as text, and one question to it.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "conf/load.h"
#include "conf/print.h"
#include "proxy/explain/explain.h"

namespace poise::test {

inline conf::Config config_of(const std::string& yaml) {
  const auto loaded = conf::load_text(yaml, "test.yaml");
  if (!loaded.ok()) FAIL(conf::render(loaded.error(), false));
  return *loaded;
}

inline explain::Question question_of(const explain::Words& words) {
  const auto question = explain::read_question(words);
  if (!question.ok()) FAIL(question.error());
  return *question;
}

inline explain::Explanation explained(const std::string& yaml, const explain::Words& words) {
  const auto explanation =
      explain::explain(explain::offline_scene(config_of(yaml)), question_of(words));
  if (!explanation.ok()) FAIL(explanation.error());
  return *explanation;
}

// Of the only listener concerned.
inline explain::ListenerAnswer answer_to(const std::string& yaml, const explain::Words& words) {
  const auto explanation = explained(yaml, words);
  REQUIRE(explanation.listeners.size() == 1);
  return explanation.listeners.front();
}

}  // namespace poise::test
