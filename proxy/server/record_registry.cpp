#include "proxy/server/record_registry.h"

namespace poise::server {
namespace {

template <class Record, class... Arguments>
std::shared_ptr<Record> find_or_make(std::weak_ptr<Record>& known, const Arguments&... arguments) {
  std::shared_ptr<Record> record = known.lock();
  if (record != nullptr) return record;
  record = std::make_shared<Record>(arguments...);
  known = record;
  return record;
}

}  // namespace

std::shared_ptr<pool::PoolRecord> RecordRegistry::pool(const std::string& name) {
  return find_or_make(pools_[name]);
}

std::shared_ptr<pool::BackendRecord> RecordRegistry::backend(const std::string& pool,
                                                             const std::string& name,
                                                             const net::Address& address) {
  return find_or_make(backends_[{pool, name, address.text()}], name, address);
}

std::shared_ptr<exchange::ListenerRecord> RecordRegistry::listener(const std::string& name) {
  return find_or_make(listeners_[name], name);
}

std::shared_ptr<exchange::RouteRecord> RecordRegistry::route(const std::string& listener,
                                                             const std::string& route,
                                                             const std::string& pool) {
  return find_or_make(routes_[{listener, route, pool}], listener, route, pool);
}

std::vector<std::shared_ptr<const exchange::ListenerRecord>> RecordRegistry::listeners() const {
  std::vector<std::shared_ptr<const exchange::ListenerRecord>> living;
  for (const auto& [name, known] : listeners_) {
    if (auto record = known.lock()) living.push_back(std::move(record));
  }
  return living;
}

std::shared_ptr<tls::HandshakeRecord> RecordRegistry::handshakes(const std::string& listener) {
  return find_or_make(handshakes_[listener]);
}

void RecordRegistry::prune() {
  const auto has_ended = [](const auto& entry) { return entry.second.expired(); };
  std::erase_if(pools_, has_ended);
  std::erase_if(backends_, has_ended);
  std::erase_if(listeners_, has_ended);
  std::erase_if(routes_, has_ended);
  std::erase_if(handshakes_, has_ended);
}

}  // namespace poise::server
