// `poise explain`: reads the configuration, or asks a running poise, and prints the explanation.
// Exit codes: 0 it could be explained, whatever becomes of the request; 1 the configuration or the
// request is at fault; 2 wrong usage; 3 the file cannot be read, or no poise answers.
#pragma once

#include <string>
#include <vector>

#include "proxy/explain/question.h"

namespace poise {

struct ExplainCommand {
  std::string file{};
  std::vector<std::string> request{};  // in one word or in several
  explain::Words words{};              // but for the request
  bool as_json = false;
  std::string admin{};  // of a running poise, instead of `file`
  std::string token{};  // for it
};
int explain_file(const ExplainCommand& command);

}  // namespace poise
