#include "proxy/ops/running_explain.h"

#include <algorithm>

#include "proxy/ops/json_read.h"

namespace poise::ops {
namespace {

bool all_refuse(const Json& explanation) {
  const auto outcomes = list_in(explanation, "listeners",
                                [](const Json& listener) { return text_in(listener, "outcome"); });
  return !outcomes.empty() && std::all_of(outcomes.begin(), outcomes.end(),
                                          [](const auto& outcome) { return outcome == "refused"; });
}

}  // namespace

std::string explain_query(const explain::Words& words) {
  std::string query = "?url=" + url_escaped(words.request);
  if (!words.from.empty()) query += "&from=" + url_escaped(words.from);
  if (!words.listener.empty()) query += "&listener=" + url_escaped(words.listener);
  for (const auto& header : words.headers) query += "&header=" + url_escaped(header);
  return query;
}

base::Result<RunningExplanation, AdminFault> explain_running(const AdminTarget& target,
                                                             const explain::Words& words,
                                                             ExplainAs as) {
  AdminRequest request{.target = "/api/v1/explain" + explain_query(words)};
  const auto json = ask_ok(target, request);
  if (!json) return base::Failure{json.error()};
  const bool refuse = all_refuse(json->json());
  if (as == ExplainAs::json) return RunningExplanation{json->text, refuse};
  request.accept = "text/plain";
  const auto text = ask_ok(target, request);
  if (!text) return base::Failure{text.error()};
  return RunningExplanation{text->text, refuse};
}

}  // namespace poise::ops
