#include "proxy/explain/explain.h"

#include <algorithm>

#include "proxy/explain/choose_listeners.h"
#include "proxy/explain/explain_parts.h"
#include "proxy/pool/resolved_backends.h"

namespace poise::explain {
namespace {

constexpr std::string_view kNoTls =
    "no listener speaks TLS: this is the request as whoever ends TLS before poise would pass it on";

Explanation begun(const Question& question, const std::vector<conf::ListenerConfig>& listeners) {
  Explanation explanation;
  explanation.from = question.from.ip_text();
  if (question.kind != Question::Kind::http) return explanation;
  explanation.request = question.method + ' ' + question.target;
  explanation.host = question.fields.front().second;
  const bool some_speak_tls = std::any_of(listeners.begin(), listeners.end(),
                                          [](const auto& one) { return one.tls.has_value(); });
  if (question.scheme == "https" && !some_speak_tls) explanation.notes.emplace_back(kNoTls);
  return explanation;
}

ListenerAnswer identified(const conf::ListenerConfig& listener) {
  ListenerAnswer answer;
  answer.listener = listener.name;
  for (const auto& bind : listener.bind) answer.bind.push_back(bind.text());
  answer.protocol = conf::to_text(listener.protocol);
  return answer;
}

}  // namespace

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::proxied:
      return "proxied";
    case Outcome::redirected:
      return "redirected";
    case Outcome::answered:
      return "answered";
    case Outcome::denied:
      return "denied";
    case Outcome::no_route:
      return "no_route";
    case Outcome::refused:
      return "refused";
  }
  return {};
}

Scene offline_scene(const conf::Config& config) {
  Scene scene;
  for (const auto& pool : config.pools) {
    for (const auto& asked : pool::questions_of(pool)) {
      scene.unresolved[pool.name].push_back(asked.question.text());
    }
  }
  server::RecordRegistry records;
  scene.snapshot = server::compile(config, records);
  return scene;
}

Scene live_scene(std::shared_ptr<const server::Snapshot> snapshot, const pool::Answers& answers) {
  Scene scene{.snapshot = std::move(snapshot), .is_live = true};
  for (const auto& pool : scene.snapshot->config.pools) {
    for (const auto& asked : pool::questions_of(pool)) {
      if (!answers(asked.question).empty()) continue;
      scene.unresolved[pool.name].push_back(asked.question.text());
    }
  }
  return scene;
}

base::Result<Explanation, std::string> explain(const Scene& scene, const Question& question) {
  const conf::Config& config = scene.snapshot->config;
  const auto chosen = choose_listeners(config.listeners, question);
  if (!chosen) return base::Failure{chosen.error()};
  Explanation explanation = begun(question, config.listeners);
  if (!chosen->note.empty()) explanation.notes.push_back(chosen->note);
  for (const std::size_t index : chosen->indexes) {
    ListenerAnswer answer = identified(config.listeners[index]);
    if (config.listeners[index].protocol == conf::Protocol::http) {
      explain_http(scene, index, question, answer);
    } else {
      explain_tcp(scene, index, question, answer);
    }
    explanation.listeners.push_back(std::move(answer));
  }
  return explanation;
}

}  // namespace poise::explain
