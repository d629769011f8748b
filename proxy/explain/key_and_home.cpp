#include "proxy/explain/key_and_home.h"

#include "proxy/exchange/record_parts.h"
#include "proxy/exchange/request_key.h"
#include "proxy/exchange/sticky_visit.h"

namespace poise::explain {
namespace {

using balancing::KeySource;

constexpr std::uint64_t kSeed = 1;  // a key that is missing is drawn, and then not told

}  // namespace

Key key_of(const pool::PoolPlan& plan, const Asker& asker) {
  Key key;
  const KeySource* source = plan.strategy->key_source();
  if (source == nullptr) return key;
  base::Random random(kSeed);
  key.said = HashKey{balancing::to_text(*source), {}};
  if (source->kind == KeySource::Kind::client_ip) {
    if (!asker.client.is_unix()) key.said->text = asker.client.ip_text();
  } else if (source->kind == KeySource::Kind::sni) {
    key.said->text = asker.server_name;
  } else if (asker.request != nullptr) {
    key.said->text = exchange::key_text(*source, *asker.request, asker.client);
  }
  key.hash = asker.request == nullptr
                 ? exchange::session_key(source, asker.client, asker.server_name, random)
                 : exchange::request_key(source, *asker.request, asker.client, random);
  return key;
}

// A visit takes its cookie out of the request, so it gets fields of its own.
Home home_of(const pool::PoolPlan& plan, const Asker& asker) {
  Home home;
  const auto* sessions = plan.strategy->sessions();
  if (sessions == nullptr || asker.request == nullptr) return home;
  http::RequestHead request;
  for (const auto& field : asker.request->fields.all()) request.fields.add(request.arena, field);
  exchange::StickyVisit visit;
  visit.begin(*sessions, request, exchange::wall_time_now());
  home.backend = visit.home();
  home.said = Session{sessions->config().cookie, {}};
  if (home.backend) home.said->home = plan.backends.name(*home.backend);
  return home;
}

}  // namespace poise::explain
