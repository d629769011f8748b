// What an answer of a DNS server says: the addresses or services a name stands for, the aliases on
// the way followed (RFC 1034 3.6.2, RFC 1035 4, RFC 2782, RFC 3596). Pure: nothing in the message
// is believed before its bounds were checked. Whether it answers our question at all was seen to by
// whoever received it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/net/address.h"

namespace poise::net {

// By their numbers in messages.
enum class RecordType : std::uint16_t { a = 1, aaaa = 28, srv = 33 };

struct ServiceRecord {
  std::uint16_t priority = 0;  // lower ones first
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  std::string target;  // in lower case, without the last dot; empty: there is no such service
};

struct HostRecord {
  std::string name;  // as in ServiceRecord
  Address address;   // without a port
};

// As long as a TTL can say (RFC 2181 8): where no record limits it.
inline constexpr std::chrono::seconds kLongestTtl{0x7fffffff};

struct DnsAnswer {
  std::vector<Address> addresses;  // without ports
  std::vector<ServiceRecord> services;
  std::vector<HostRecord> additional;  // hosts of the services, where the server told them at once
  std::chrono::seconds ttl = kLongestTtl;  // the least of all records used

  bool is_empty() const { return addresses.empty() && services.empty(); }
};

// nullopt: not a well-formed answer.
std::optional<DnsAnswer> parse_dns_answer(std::span<const std::uint8_t> message, RecordType type);

// In lower case and without a dot at its end, as names are compared.
std::string canonical_name(std::string_view name);

}  // namespace poise::net
