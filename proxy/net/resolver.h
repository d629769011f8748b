// Names to endpoints: /etc/hosts first, then DNS; A and AAAA at once, SRV with the addresses of its
// targets. Answers one question once; who wants to follow a name asks again (NameWatch). Caches
// nothing. On its loop's thread only; it outlives its lookups.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "proxy/base/deferred.h"
#include "proxy/net/dns_config.h"
#include "proxy/net/hosts_file.h"
#include "proxy/net/loop.h"
#include "proxy/net/resolution.h"
#include "proxy/net/resolver_channel.h"

namespace poise::net {

// A question under way. Destroying it takes it back; within its own callback it is deferred.
class Lookup : public base::Deferred {};

class Resolver {
 public:
  Resolver(Loop& loop, DnsConfig config, std::string hosts_path = "/etc/hosts");

  // `done` is called once, from the loop, never from within this call.
  std::unique_ptr<Lookup> resolve(const Question& question, std::function<void(Resolution)> done);
  // What is under way is asked again.
  void configure(DnsConfig config);

  Loop& loop() { return loop_; }

 private:
  Loop& loop_;
  DnsConfig config_;
  ResolverChannel channel_;
  HostsFile hosts_;
};

}  // namespace poise::net
