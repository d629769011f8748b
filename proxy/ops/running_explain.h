// `poise explain --admin`: the same question, to a running poise, with the health and loads of the
// moment. Blocking; for commands.
#pragma once

#include <string>

#include "proxy/explain/question.h"
#include "proxy/ops/admin_client.h"

namespace poise::ops {

struct RunningExplanation {
  std::string text;         // or JSON
  bool all_refuse = false;  // every listener concerned would refuse the request
};

enum class ExplainAs : bool { text, json };

// What stands behind the path of GET /api/v1/explain for this question.
std::string explain_query(const explain::Words& words);

base::Result<RunningExplanation, AdminFault> explain_running(const AdminTarget& target,
                                                             const explain::Words& words,
                                                             ExplainAs as);

}  // namespace poise::ops
