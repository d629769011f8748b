// What is asked of DNS for a backend, and what came of it: values, and the pure steps that join
// answers to them. No I/O.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proxy/base/clock.h"
#include "proxy/net/address.h"
#include "proxy/net/dns_message.h"

namespace poise::net {

struct Question {
  enum class Kind : std::uint8_t { none, hosts, services };  // A and AAAA; SRV
  Kind kind = Kind::none;
  std::string name;
  std::uint16_t port = 0;  // of hosts; services bring their own

  bool is_asked() const { return kind != Kind::none; }
  std::string text() const;  // "app.internal:8080", "SRV _http._tcp.app.internal"
  bool operator==(const Question&) const = default;
  auto operator<=>(const Question&) const = default;
};

// One place a name leads to.
struct Endpoint {
  Address address;     // with its port
  std::string target;  // the host's name: the service's target, or the name asked for
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;

  bool operator==(const Endpoint&) const = default;
};

// What one family of a host's addresses should have added, had the servers answered.
struct Gap {
  int family = AF_UNSPEC;
  ServiceRecord service;
};

struct Resolution {
  enum class Kind : std::uint8_t {
    found,
    denied,  // the servers say there is nothing by that name
    failed,  // nobody could say
  };
  Kind kind = Kind::failed;
  std::vector<Endpoint> endpoints;  // sorted, each address once: equal whatever the answer's order
  std::vector<Gap> gaps;            // of a part that failed while others were found
  base::Duration ttl{0};            // of found
  std::string reason;               // of denied and failed
};

// The answer to one of the questions a resolution takes.
struct HostAnswer {
  enum class Kind : std::uint8_t { found, denied, failed };
  std::string target;
  RecordType type = RecordType::a;
  Kind kind = Kind::failed;
  std::vector<Address> addresses;
  std::chrono::seconds ttl{0};
  std::string reason;
};

// `services` has one without priority and weight where hosts were asked for; `ttl` is theirs.
Resolution join_answers(const std::vector<ServiceRecord>& services, std::chrono::seconds ttl,
                        const std::vector<HostAnswer>& hosts);

// Where a part is missing, what was known of it before.
Resolution fill_gaps(Resolution fresh, const std::vector<Endpoint>& known);

}  // namespace poise::net
