// A DNS server for tests of the resolver, on a loopback port of its own, UDP and TCP: answers by
// name and type as the test says, and can be silent, lie, truncate or fail. One thread of its own;
// everything here may be called from the test's. Builds messages itself, without compression.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "proxy/net/address.h"
#include "proxy/net/dns_message.h"
#include "proxy/net/fd.h"

namespace poise::test {

using WireText = std::string;  // bytes of a message

WireText dns_name(const std::string& name);  // "a.b" or "a.b."
WireText dns_number(std::uint32_t value, int bytes);

struct DnsRecord {
  std::string owner;
  std::uint16_t type;
  std::uint32_t ttl;
  WireText data;
};
DnsRecord a_record(const std::string& owner, const std::string& ip, std::uint32_t ttl = 60);
DnsRecord aaaa_record(const std::string& owner, const std::string& ip, std::uint32_t ttl = 60);
DnsRecord alias_record(const std::string& owner, const std::string& target, std::uint32_t ttl = 60);
DnsRecord service_record(const std::string& owner, const std::string& target, std::uint16_t port,
                         std::uint16_t priority, std::uint16_t weight, std::uint32_t ttl = 60);

struct DnsScript {
  std::vector<DnsRecord> answers = {};
  std::vector<DnsRecord> additional = {};
  int code = 0;            // 2: server failure, 3: no such name, 5: refused
  bool is_silent = false;  // no answer at all
  bool truncates = false;  // over UDP; TCP gets everything
  WireText instead = {};   // of everything after the header's first four bytes
  int drops = 0;           // so many questions are not answered
};

// A whole message that answers `question` of `type`.
WireText dns_message(const std::string& question, std::uint16_t type, const DnsScript& script,
                     std::uint16_t id = 1);

class DnsStage {
 public:
  DnsStage();
  ~DnsStage();
  DnsStage(const DnsStage&) = delete;
  DnsStage& operator=(const DnsStage&) = delete;

  net::Address address() const { return address_; }
  // Names without a script do not exist; a name with one for another type only has nothing of this.
  void answer(const std::string& name, net::RecordType type, DnsScript script);
  int asked(const std::string& name, net::RecordType type);
  int asked_by_tcp() const { return by_tcp_; }

 private:
  using Key = std::pair<std::string, std::uint16_t>;
  enum class By : std::uint8_t { udp, tcp };

  void run();
  void serve_datagram();
  void serve_stream();
  WireText reply_to(const WireText& question, By by);  // empty: none

  net::Fd datagrams_;
  net::Fd listener_;
  net::Fd stop_read_;
  net::Fd stop_write_;
  net::Address address_;
  std::mutex mutex_;
  std::map<Key, DnsScript> scripts_;
  std::map<Key, int> asked_;
  std::atomic<int> by_tcp_{0};
  std::thread thread_;
};

}  // namespace poise::test
