// What happens in the process, told as it happens: each event goes to everyone who reads at that
// moment, and the last 256 are kept for those who come back and say which they saw last. Numbers
// grow, also from one process to the next. Belongs to the Server, on the control thread; knows no
// socket. What events there are, and their texts: event_texts.h.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "proxy/base/link.h"

namespace poise::server {

struct Event {
  std::uint64_t id = 0;  // 0: told once and not kept
  std::string name;      // "backend", "reload", "drain", "tick"
  std::string data;      // one line of JSON
};

// Leaving the hub is unlinking, which the destructor does too.
class EventReader : public base::Link<EventReader> {
 public:
  // Must not wait. May leave the hub itself, but not make other readers leave.
  virtual void on_event(const Event& event) noexcept = 0;

 protected:
  ~EventReader() = default;
};

class EventHub {
 public:
  static constexpr std::size_t kKept = 256;

  // One process's numbers should lie above those of the one before it.
  explicit EventHub(std::uint64_t first_id = 1) : first_id_(first_id), next_id_(first_id) {}

  void publish(std::string name, std::string data);
  // For what is of no use later.
  void tell_once(std::string name, std::string data);
  // Whether what is costly to make should be made at all.
  bool has_readers() const { return !readers_.empty(); }

  // Everything from now on.
  void join(EventReader& reader) { readers_.push_back(reader); }
  // Tells again what is kept of those after the number `seen`.
  void repeat_after(std::uint64_t seen, EventReader& reader) const;
  // How many after it are not kept any more.
  std::uint64_t missed_after(std::uint64_t seen) const;

 private:
  void tell(const Event& event);

  const std::uint64_t first_id_;
  std::uint64_t next_id_;
  std::deque<Event> kept_;
  base::List<EventReader> readers_;
};

}  // namespace poise::server
