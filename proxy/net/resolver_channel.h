// Questions to DNS servers, by c-ares on a Loop: its sockets are watched by uv_poll, its timeouts
// are one timer. Truncated answers come again over TCP, the next server is asked where one fails,
// the search list of /etc/resolv.conf applies. Knows no cache and no /etc/hosts. Owned by the
// Resolver, on its loop's thread.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "proxy/base/link.h"
#include "proxy/net/dns_config.h"
#include "proxy/net/dns_message.h"
#include "proxy/net/file_stamp.h"
#include "proxy/net/loop.h"

struct ares_channeldata;

namespace poise::net {

struct DnsReply {
  enum class Kind : std::uint8_t {
    answered,
    denied,  // there is no such name, or nothing of that type by it
    failed,  // nobody answered, or nonsense
  };
  Kind kind = Kind::failed;
  DnsAnswer answer;
  std::string reason;  // of failed
};

// One question. Destroying it takes it back.
class DnsQuery : public base::Link<DnsQuery> {
 public:
  DnsQuery(std::string name, RecordType type) : name_(std::move(name)), type_(type) {}
  virtual ~DnsQuery();

  // Once for each ask(), from the loop, never from within ask(). May ask again and destroy queries.
  virtual void on_reply(DnsReply reply) noexcept = 0;

  const std::string& name() const { return name_; }
  RecordType type() const { return type_; }

 private:
  friend class ResolverChannel;
  struct InFlight;
  std::string name_;
  RecordType type_;
  InFlight* in_flight_ = nullptr;
};

class ResolverChannel final : private Task {
 public:
  ResolverChannel(Loop& loop, DnsConfig config);
  ~ResolverChannel();

  void ask(DnsQuery& query);
  // From now on by these settings; what was asked already is asked again.
  void configure(DnsConfig config);

 private:
  using InFlight = DnsQuery::InFlight;
  struct Watch;

  bool open();
  void close();
  void send_waiting();
  void send(DnsQuery& query);
  void on_answer(InFlight& done, int status, const unsigned char* message, int length) noexcept;
  void watch(int socket, bool readable, bool writable) noexcept;
  void process(int readable, int writable);
  void on_timer();
  void plan_timer();
  void run() override;

  Loop& loop_;
  DnsConfig config_;
  ares_channeldata* ares_ = nullptr;
  FileStamp resolv_conf_;
  bool closing_ = false;
  std::unordered_map<int, Watch*> watches_;
  base::Timer timer_;
  base::List<DnsQuery> waiting_;
  std::size_t in_flight_ = 0;
  std::deque<std::unique_ptr<InFlight>> done_;
};

const char* resolver_library_version();

}  // namespace poise::net
