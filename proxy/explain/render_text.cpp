#include <algorithm>
#include <cstdio>

#include "conf/reader/suggestion.h"
#include "proxy/explain/render.h"
#include "proxy/explain/text_table.h"

namespace poise::explain {
namespace {

using conf::quoted;

std::string percent(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g%%", share * 100);
  return text;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& each : texts) all += (all.empty() ? "" : ", ") + each;
  return all;
}

// "max none, idle 64"
std::string joined(const Pairs& pairs) {
  std::string all;
  for (const auto& [name, value] : pairs) {
    all.append(all.empty() ? "" : ", ").append(name).append(" ").append(value);
  }
  return all;
}

void line(std::string& text, const std::string& title, const std::string& content) {
  if (!content.empty()) text += "  " + title + ": " + content + "\n";
}

std::string verdict_text(const RouteVerdict& verdict) {
  if (verdict.takes) return "takes it";
  return "no: wants " + verdict.condition + " " + quoted(verdict.wanted) + ", has " +
         (verdict.found.empty() ? "none" : quoted(verdict.found));
}

void add_routes(std::string& text, const ListenerAnswer& answer) {
  TextTable table;
  for (const RouteVerdict& verdict : answer.routes) {
    table.add({verdict.route, verdict_text(verdict)});
  }
  if (answer.not_asked > 0) {
    table.add({"(" + std::to_string(answer.not_asked) + " more)", "not asked"});
  }
  text += "\nroutes, the first that takes it wins\n" + table.text();
}

std::string outcome_text(const ListenerAnswer& answer) {
  const std::string status = answer.status != 0 ? std::to_string(answer.status) + " " : "";
  switch (answer.outcome) {
    case Outcome::proxied:
      return {};
    case Outcome::redirected:
      return "poise redirects: " + status;
    case Outcome::answered:
      return "poise answers: " + status;
    default:
      return (answer.protocol == "tcp" ? "poise closes the connection: " : "poise refuses it: ") +
             status + answer.cause + ", " + answer.detail;
  }
}

void add_fields(std::string& text, const Pairs& fields) {
  for (const auto& [name, value] : fields) text.append("  ").append(name + ": " + value + "\n");
}

void add_outcome(std::string& text, const ListenerAnswer& answer) {
  std::string outcome = outcome_text(answer);
  if (outcome.ends_with(' ')) outcome.pop_back();
  if (!outcome.empty()) text += "\n" + outcome + "\n";
  if (answer.reply) {
    add_fields(text, answer.reply->fields);
    if (!answer.reply->body.empty()) {
      text += "  (" + std::to_string(answer.reply->body.size()) + " bytes of body)\n";
    }
  }
  if (const auto& sent = answer.to_backend) {
    text += "\nthe backend gets\n  " + sent->method + ' ' + sent->target +
            "\n  Host: " + sent->host + "\n";
    add_fields(text, sent->fields);
  }
}

std::string key_text(const PoolChoice& pool) {
  if (!pool.key) return {};
  const std::string source = " by " + pool.key->source + ", ";
  if (pool.key->text.empty()) return source + "which is missing: any backend";
  const std::string text = source + quoted(pool.key->text) + ": ";
  if (pool.session && !pool.session->home.empty()) return source + quoted(pool.key->text);
  if (pool.lands_on) return text + *pool.lands_on;
  return text + (pool.unresolved.empty() ? "nobody" : "depends on names not resolved here");
}

std::string gets_text(const Candidate& candidate) {
  if (!candidate.why_not.empty()) return "nothing: " + candidate.why_not;
  return candidate.share ? percent(*candidate.share) : "?";
}

std::string session_text(const PoolChoice& pool) {
  if (!pool.session) return {};
  const std::string cookie = "cookie " + quoted(pool.session->cookie);
  if (pool.session->home.empty()) return cookie + ", none that is valid came: a new client";
  const bool is_kept = pool.lands_on == pool.session->home;
  return cookie + ", at home at " + pool.session->home + (is_kept ? "" : ", which cannot serve");
}

// Where the request surely goes is marked.
std::string marked(const PoolChoice& pool, const std::string& name) {
  if (!pool.lands_on) return name;
  return (*pool.lands_on == name ? "* " : "  ") + name;
}

void add_candidates(std::string& text, const PoolChoice& pool) {
  const auto& all = pool.candidates;
  const bool has_scores = std::any_of(all.begin(), all.end(),
                                      [](const Candidate& each) { return each.score.has_value(); });
  const bool is_live = !all.empty() && all.front().live;
  TextTable table;
  table.add({marked(pool, "backend"), "address", "weight", "tier", "zone", "gets",
             has_scores ? "score" : "", is_live ? "state" : "", is_live ? "in flight" : ""});
  for (const Candidate& each : all) {
    table.add({marked(pool, each.name), each.address, std::to_string(each.weight),
               std::to_string(each.tier), each.zone.empty() ? "-" : each.zone, gets_text(each),
               each.score ? number(*each.score) : "", each.live ? each.live->state : "",
               each.live ? std::to_string(each.live->in_flight) : ""});
  }
  for (const auto& name : pool.unresolved) {
    table.add({marked(pool, name), "not resolved here", "", "", "", "?"});
  }
  text += table.text();
}

void add_pool(std::string& text, const PoolChoice& pool) {
  text += "\npool " + pool.name;
  text += pool.share < 1 ? ", " + percent(pool.share) + " of such requests\n" : "\n";
  line(text, "balance", pool.strategy + key_text(pool));
  line(text, "session", session_text(pool));
  if (pool.panics) line(text, "panic", "too few are healthy, so health is ignored");
  add_candidates(text, pool);
  line(text, "balancing", joined(pool.balancing));
  line(text, "connections", joined(pool.connections));
  line(text, "queue", joined(pool.queue));
  line(text, "retry", joined(pool.retry));
  line(text, "timeouts", joined(pool.timeouts));
  line(text, "health", pool.health);
}

void add_listener(std::string& text, const ListenerAnswer& answer) {
  text += "\nlistener " + answer.listener + " (" + answer.protocol + " on " + joined(answer.bind) +
          ")\n";
  if (answer.client_was_told) line(text, "client", answer.client + ", says a trusted proxy");
  if (answer.outcome != Outcome::refused) add_routes(text, answer);
  add_outcome(text, answer);
  for (const PoolChoice& pool : answer.pools) add_pool(text, pool);
  text += "\nbounds of listener " + answer.listener + "\n";
  line(text, "limits", joined(answer.limits));
  line(text, "timeouts", joined(answer.timeouts));
}

}  // namespace

std::string render_text(const Explanation& explanation) {
  std::string text;
  if (!explanation.request.empty()) {
    text += explanation.request + "\nHost: " + explanation.host + "\n";
  }
  text += "from " + explanation.from + "\n";
  for (const auto& note : explanation.notes) text += "note: " + note + "\n";
  for (const auto& answer : explanation.listeners) add_listener(text, answer);
  return text;
}

}  // namespace poise::explain
