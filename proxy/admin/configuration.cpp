#include "proxy/admin/configuration.h"

#include "conf/config_json.h"
#include "proxy/base/log.h"
#include "proxy/explain/explain.h"
#include "proxy/explain/render.h"

namespace poise::admin {
namespace {

using base::Level;

explain::Words words_of(const Request& request) {
  explain::Words words;
  words.request = request.query("url").value_or("");
  const auto method = request.query("method");
  if (method && !words.request.empty()) words.request.insert(0, *method + ' ');
  words.from = request.query("from").value_or("");
  words.listener = request.query("listener").value_or("");
  words.headers = request.queries("header");
  return words;
}

}  // namespace

void show_config(Facilities& facilities, const Request&, Reply reply) {
  reply.json(conf::config_json(facilities.server.snapshot().config));
}

void explain_request(Facilities& facilities, const Request& request, Reply reply) {
  const explain::Words words = words_of(request);
  if (words.request.empty() && words.listener.empty()) {
    return reply.error(400, "say what to explain: ?url=http://host/path&method=GET");
  }
  const auto question = explain::read_question(words);
  if (!question) return reply.error(400, question.error());
  const server::Server& server = facilities.server;
  const auto scene = explain::live_scene(server.shared_snapshot(), server.answers());
  const auto explanation = explain::explain(scene, *question);
  if (!explanation) return reply.error(400, explanation.error());
  if (request.field("Accept") == "text/plain") {
    return reply.send({.type = kPlainText, .body = explain::render_text(*explanation)});
  }
  reply.json(explain::render_json(*explanation));
}

void set_log_level(Facilities&, const Request& request, Reply reply) {
  const std::string wanted = request.query("level").value_or("");
  for (const Level level : {Level::debug, Level::info, Level::warn, Level::error}) {
    if (wanted != base::to_text(level)) continue;
    base::set_log_level(level);
    return reply.json(json_object("level", wanted));
  }
  reply.error(400, "say which level: ?level=debug, info, warn or error");
}

}  // namespace poise::admin
