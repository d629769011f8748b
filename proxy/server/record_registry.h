// Finds the records of what a new configuration has in common with those before it: a backend is
// the same when its pool, its name and its address are; pools, listeners, and routes with each pool
// they lead to, are known by their names. Keeps nothing alive: a record ends with the last
// configuration, worker and request that has it. Owned by the server, on the control thread.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "proxy/exchange/route_record.h"
#include "proxy/net/address.h"
#include "proxy/pool/backend_record.h"
#include "tls/handshake_record.h"

namespace poise::server {

class RecordRegistry {
 public:
  std::shared_ptr<pool::PoolRecord> pool(const std::string& name);
  std::shared_ptr<pool::BackendRecord> backend(const std::string& pool, const std::string& name,
                                               const net::Address& address);
  std::shared_ptr<exchange::ListenerRecord> listener(const std::string& name);
  // An empty route name: what no route took. An empty pool: what reached none.
  std::shared_ptr<exchange::RouteRecord> route(const std::string& listener,
                                               const std::string& route, const std::string& pool);

  // All that still live, of past configurations too: a listener that drains has connections.
  std::vector<std::shared_ptr<const exchange::ListenerRecord>> listeners() const;

  std::shared_ptr<tls::HandshakeRecord> handshakes(const std::string& listener);

  // Forgets the names of records that ended.
  void prune();
  std::size_t size() const {
    return pools_.size() + backends_.size() + listeners_.size() + routes_.size() +
           handshakes_.size();
  }

 private:
  template <class Key, class Record>
  using Names = std::map<Key, std::weak_ptr<Record>>;

  Names<std::string, pool::PoolRecord> pools_;
  Names<std::tuple<std::string, std::string, std::string>, pool::BackendRecord> backends_;
  Names<std::string, exchange::ListenerRecord> listeners_;
  Names<std::tuple<std::string, std::string, std::string>, exchange::RouteRecord> routes_;
  Names<std::string, tls::HandshakeRecord> handshakes_;
};

}  // namespace poise::server
