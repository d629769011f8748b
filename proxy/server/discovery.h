// The names of the configuration and what DNS says of them: follows every name some pool has, keeps
// its last good answer for as long as a configuration has it, and says when answers changed. Owned
// by the Server, on the control loop. Changes no pool itself.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "conf/config.h"
#include "proxy/net/name_watch.h"
#include "proxy/net/resolver.h"
#include "proxy/pool/resolved_backends.h"

namespace poise::server {

class Discovery {
 public:
  // `changed` is called from the loop, once for answers that change at about the same time.
  Discovery(net::Loop& loop, std::uint64_t seed, std::function<void()> changed);

  // Asks for the names of `config` too, by its dns section.
  void follow(const conf::Config& config);
  // Forgets the names that are not in `config`.
  void follow_only(const conf::Config& config);

  // Calls once every name was answered for, well or badly, or after a while: within this call where
  // that is so already, else from the loop. A later call replaces an earlier one.
  void when_settled(std::function<void()> then);

  // What is known at the moment of each call of it. The Discovery outlives it.
  pool::Answers answers() const;

 private:
  using Intervals = std::map<net::Question, base::Duration>;

  static Intervals questions_in(const conf::Config& config);
  void on_told();
  void report_changes();
  bool is_settled() const;
  void settle();

  net::Loop& loop_;
  base::Random random_;
  std::function<void()> changed_;
  std::optional<net::Resolver> resolver_;  // from the first name on
  std::map<net::Question, std::unique_ptr<net::NameWatch>> watches_;
  base::Timer changes_;
  base::Timer patience_;
  std::function<void()> then_;
};

}  // namespace poise::server
