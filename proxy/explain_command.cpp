#include "proxy/explain_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "conf/load.h"
#include "conf/print.h"
#include "proxy/explain/explain.h"
#include "proxy/explain/render.h"
#include "proxy/ops/running_explain.h"

namespace poise {
namespace {

constexpr int kFault = 1;
constexpr int kWrongUsage = 2;

int fault(const std::string& text, int exit_code = kFault) {
  std::fprintf(stderr, "poise: %s\n", text.c_str());
  return exit_code;
}

// Why the arguments make no sense, whatever the configuration; empty: they do.
std::string usage_fault(const ExplainCommand& command) {
  if (!command.file.empty() && !command.admin.empty()) return "-c and --admin exclude each other";
  if (command.file.empty() && command.admin.empty()) {
    return "explain needs -c FILE, or --admin URL of a running poise";
  }
  if (command.request.empty() && command.words.listener.empty()) {
    return "explain needs a request, such as 'GET http://host/path', or --listener NAME";
  }
  return {};
}

explain::Words words_of(const ExplainCommand& command) {
  explain::Words words = command.words;
  for (const auto& word : command.request) {
    words.request += (words.request.empty() ? "" : " ") + word;
  }
  return words;
}

int explain_running(const ExplainCommand& command) {
  auto target = ops::read_admin_target(command.admin);
  if (!target) return fault(target.error(), kWrongUsage);
  target->token = command.token;
  const auto as = command.as_json ? ops::ExplainAs::json : ops::ExplainAs::text;
  const auto explanation = ops::explain_running(*target, words_of(command), as);
  if (!explanation) return ops::report(explanation.error());
  std::fputs(explanation->text.c_str(), stdout);
  return explanation->all_refuse ? kFault : 0;
}

bool all_refuse(const explain::Explanation& explanation) {
  return std::all_of(
      explanation.listeners.begin(), explanation.listeners.end(),
      [](const auto& answer) { return answer.outcome == explain::Outcome::refused; });
}

}  // namespace

int explain_file(const ExplainCommand& command) {
  const std::string usage = usage_fault(command);
  if (!usage.empty()) return fault(usage + " (see poise explain --help)", kWrongUsage);
  const auto question = explain::read_question(words_of(command));
  if (!question) return fault(question.error());
  if (!command.admin.empty()) return explain_running(command);
  const conf::Loaded loaded = conf::load_file(command.file);
  if (!loaded) {
    std::fputs(conf::render(loaded.error(), ::isatty(STDERR_FILENO) == 1).c_str(), stderr);
    return conf::exit_code_of(loaded.error());
  }
  const auto explanation = explain::explain(explain::offline_scene(*loaded), *question);
  if (!explanation) return fault(explanation.error());
  const auto render = command.as_json ? explain::render_json : explain::render_text;
  std::fputs(render(*explanation).c_str(), stdout);
  return all_refuse(*explanation) ? kFault : 0;
}

}  // namespace poise
