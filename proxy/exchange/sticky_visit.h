// One request of a client that a sticky-cookie pool keeps at its backend: where it is at home, and
// what it is told. Lives in the exchange; pure but for the clock it is given.
#pragma once

#include <optional>
#include <string_view>

#include "balancing/sticky_sessions.h"
#include "proxy/http/message.h"

namespace poise::exchange {

class StickyVisit {
 public:
  // Looks for the session among the request's cookies and takes its cookie out of the request: it
  // is between the client and poise. `sessions` outlives the visit. Without a begin nobody is kept.
  void begin(const balancing::StickySessions& sessions, http::RequestHead& head,
             base::WallTime now);
  bool has_begun() const { return sessions_ != nullptr; }

  std::optional<balancing::BackendIndex> home() const { return home_; }

  // Tells the client of its home where it does not know: it had none, has moved, or its time is
  // half over. Requires: it has begun.
  void tell(balancing::BackendIndex served_by, http::ResponseHead& head, base::WallTime now) const;

  // For the log: "new", "kept" or "moved"; empty where nobody is kept.
  std::string_view outcome(balancing::BackendIndex served_by) const;

 private:
  const balancing::StickySessions* sessions_ = nullptr;
  std::optional<balancing::BackendIndex> home_;
  bool is_ageing_ = false;
};

}  // namespace poise::exchange
