// What is known of one backend's health, as a value: what another process may go on with. Times are
// of the clock that all processes of this host share.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "health/ejection.h"
#include "health/outliers.h"
#include "health/threshold.h"
#include "proxy/net/address.h"

namespace poise::health {

struct KnownBackend {
  std::string pool;
  std::string name;
  net::Address address;
  Threshold::State probes = Threshold::State::unknown;  // what they say; unknown: nothing yet
  base::MonotonicTime turned_at{};
  Ejection::Memory ejection{};
  EjectReason reason = EjectReason::consecutive_failures;  // of the ejection
};

// To be looked up by whom they are of.
class KnownBackends {
 public:
  void add(KnownBackend known) {
    known_.insert_or_assign({known.pool, known.name, known.address.text()}, std::move(known));
  }
  // nullptr: nothing is known of it.
  const KnownBackend* find(const std::string& pool, const std::string& name,
                           const net::Address& address) const {
    const auto found = known_.find({pool, name, address.text()});
    return found == known_.end() ? nullptr : &found->second;
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [whose, known] : known_) visit(known);
  }

 private:
  std::map<std::tuple<std::string, std::string, std::string>, KnownBackend> known_;
};

}  // namespace poise::health
