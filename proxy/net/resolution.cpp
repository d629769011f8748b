#include "proxy/net/resolution.h"

#include <algorithm>
#include <tuple>

namespace poise::net {

namespace {

// More places than this behind one name are no plan but a mistake or an attack.
constexpr std::size_t kMostEndpoints = 1024;

Endpoint make_endpoint(const Address& host, const ServiceRecord& service) {
  return {host.with_port(service.port), service.target, service.priority, service.weight};
}

void put_in_order(std::vector<Endpoint>& endpoints) {
  const auto order = [](const Endpoint& each) {
    return std::tuple(each.address.text(), each.priority, each.target);
  };
  std::sort(endpoints.begin(), endpoints.end(),
            [&](const Endpoint& a, const Endpoint& b) { return order(a) < order(b); });
  const auto same = [](const Endpoint& a, const Endpoint& b) { return a.address == b.address; };
  endpoints.erase(std::unique(endpoints.begin(), endpoints.end(), same), endpoints.end());
  if (endpoints.size() > kMostEndpoints) endpoints.resize(kMostEndpoints);
}

int family_of(RecordType type) { return type == RecordType::a ? AF_INET : AF_INET6; }

void add_host(const HostAnswer& host, const ServiceRecord& service, Resolution& resolution) {
  if (host.kind == HostAnswer::Kind::failed) {
    resolution.gaps.push_back({family_of(host.type), service});
    resolution.reason = host.reason;
  }
  if (host.kind != HostAnswer::Kind::found) return;
  resolution.ttl = std::min<base::Duration>(resolution.ttl, host.ttl);
  for (const Address& address : host.addresses) {
    resolution.endpoints.push_back(make_endpoint(address, service));
  }
}

}  // namespace

std::string Question::text() const {
  if (kind == Kind::services) return "SRV " + name;
  return name + ':' + std::to_string(port);
}

Resolution join_answers(const std::vector<ServiceRecord>& services, std::chrono::seconds ttl,
                        const std::vector<HostAnswer>& hosts) {
  using Kind = Resolution::Kind;
  Resolution resolution;
  resolution.ttl = ttl;
  for (const ServiceRecord& service : services) {
    for (const HostAnswer& host : hosts) {
      if (host.target == service.target) add_host(host, service, resolution);
    }
  }
  put_in_order(resolution.endpoints);
  if (!resolution.endpoints.empty()) {
    resolution.kind = Kind::found;
  } else if (resolution.gaps.empty()) {
    resolution.kind = Kind::denied;
    resolution.reason = "no address by that name";
  }
  return resolution;
}

Resolution fill_gaps(Resolution fresh, const std::vector<Endpoint>& known) {
  for (const Gap& gap : fresh.gaps) {
    for (const Endpoint& each : known) {
      const bool is_of_gap = each.target == gap.service.target &&
                             each.address.family() == gap.family &&
                             each.address.port() == gap.service.port;
      if (is_of_gap) fresh.endpoints.push_back(make_endpoint(each.address, gap.service));
    }
  }
  put_in_order(fresh.endpoints);
  return fresh;
}

}  // namespace poise::net
