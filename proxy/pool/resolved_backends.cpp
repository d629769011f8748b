#include "proxy/pool/resolved_backends.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "balancing/backend_set.h"

namespace poise::pool {

namespace {

// A service of weight 0 beside others of some is to have "a very small chance of being selected"
// (RFC 2782): this part of the lightest other's, as far as weights allow.
constexpr std::uint32_t kSmallChance = 100;

class ServiceRanks {
 public:
  explicit ServiceRanks(const std::vector<net::Endpoint>& endpoints) : endpoints_(endpoints) {
    for (const net::Endpoint& each : endpoints) priorities_.insert(each.priority);
  }

  // The most preferred services are tier 0, whatever their number.
  std::uint32_t tier(const net::Endpoint& endpoint) const {
    const auto place = std::distance(priorities_.begin(), priorities_.find(endpoint.priority));
    return std::min(static_cast<std::uint32_t>(place), kMostTier);
  }

  std::uint32_t weight(const net::Endpoint& endpoint) const {
    std::uint32_t most = 0;
    bool has_zero = false;
    for (const net::Endpoint& each : endpoints_) {
      if (each.priority != endpoint.priority) continue;
      most = std::max<std::uint32_t>(most, each.weight);
      has_zero = has_zero || each.weight == 0;
    }
    if (endpoint.weight == 0) return 1;
    if (!has_zero) return endpoint.weight;
    return endpoint.weight * std::clamp(balancing::kMostWeight / most, 1U, kSmallChance);
  }

 private:
  const std::vector<net::Endpoint>& endpoints_;
  std::set<std::uint16_t> priorities_;
};

// As certificates have it: without the dot that makes a name whole.
std::string host_of(const net::Question& question) {
  std::string host = question.name;
  if (host.ends_with('.')) host.pop_back();
  return host;
}

class BackendList {
 public:
  void add(BackendConfig backend) {
    if (addresses_.insert(backend.address.text()).second) list_.push_back(std::move(backend));
  }

  // What DNS lists, each like `model`.
  void add_all(const BackendConfig& model, const std::string& name,
               const std::vector<net::Endpoint>& endpoints) {
    const ServiceRanks ranks(endpoints);
    const bool are_services = model.question.kind == net::Question::Kind::services;
    for (const net::Endpoint& endpoint : endpoints) {
      BackendConfig backend = model;
      backend.question = {};
      backend.address = endpoint.address;
      backend.name = name + '@' + endpoint.address.text();
      if (!are_services) backend.host = host_of(model.question);
      if (are_services) backend.weight = ranks.weight(endpoint);
      if (are_services) backend.tier = ranks.tier(endpoint);
      add(std::move(backend));
    }
  }

  std::vector<BackendConfig> take() { return std::move(list_); }

 private:
  std::vector<BackendConfig> list_;
  std::set<std::string> addresses_;
};

// "app.internal:8080" is the name of a backend that was given none; its port is in the address.
const std::string& name_of(const BackendConfig& backend) {
  return backend.name == backend.question.text() ? backend.question.name : backend.name;
}

}  // namespace

std::vector<net::Endpoint> no_answers(const net::Question&) { return {}; }

std::vector<AskedQuestion> questions_of(const PoolConfig& pool) {
  std::vector<AskedQuestion> questions;
  for (const BackendConfig& backend : pool.backends) {
    if (backend.question.is_asked()) questions.push_back({backend.question, {}});
  }
  const DiscoverConfig& discover = pool.discover;
  if (discover.question.is_asked()) questions.push_back({discover.question, discover.interval});
  return questions;
}

PoolConfig resolved(const PoolConfig& pool, const Answers& answers) {
  BackendList list;
  for (const BackendConfig& backend : pool.backends) {
    if (backend.question.is_asked()) {
      list.add_all(backend, name_of(backend), answers(backend.question));
    } else {
      list.add(backend);
    }
  }
  if (pool.discover.question.is_asked()) {
    BackendConfig model;
    model.question = pool.discover.question;
    list.add_all(model, model.question.name, answers(model.question));
  }
  PoolConfig with_addresses = pool;
  with_addresses.discover = {};
  with_addresses.backends = list.take();
  return with_addresses;
}

}  // namespace poise::pool
