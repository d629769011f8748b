// Finds a backend for one session and connects to it; one that cannot be reached is followed by the
// next, as no byte was sent yet, up to the configured number of retries. Lives only until the
// session is connected. A backend with all its connections in use is passed over; there is no line
// to wait in. Owned by its session, on the worker's thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "balancing/backend_mask.h"
#include "proxy/base/deferred.h"
#include "proxy/flight/try_record.h"
#include "proxy/l4/backend_slot.h"
#include "tls/secure_connector.h"

namespace poise::l4 {

class Dial final : public base::Deferred, private tls::SecureConnector::Events {
 public:
  class Events {
   public:
    virtual void on_dialed(net::TransportPtr backend) noexcept = 0;
    virtual void on_dial_failed(const base::Error& error) noexcept = 0;

   protected:
    ~Events() = default;
  };

  // All outlive the dial. `key` is what a hashing strategy balances by; `greeting` is what each
  // connection begins with.
  Dial(net::Loop& loop, pool::BackendGroup& group, const pool::RetryConfig& retry,
       std::uint64_t key, std::string greeting, Events& events);

  // May call back before returning.
  void start();
  // Tells nobody anything any more.
  void cancel(const base::Error& why);

  // For on_dialed(): the place at the backend, which the session now holds.
  BackendSlot take_slot() { return std::move(slot_); }

  bool is_at(const pool::BackendRecord& backend) const { return slot_.is_at(backend); }
  // The backend tried last, "" when none was, and since when it was.
  std::string_view backend() const { return backend_; }
  base::MonotonicTime picked() const { return picked_; }
  // Those that failed.
  std::vector<flight::TryRecord>& made_tries() { return made_tries_; }

 private:
  bool take_place();
  void connect();
  void exclude(balancing::BackendIndex backend);
  void note_failed_try(const base::Error& error);
  void note_nobody(const base::Error& error);
  flight::Choice choice_now(std::optional<balancing::BackendIndex> chosen, flight::Moment moment);
  void on_connected(net::TransportPtr transport) noexcept override;
  void on_connect_failed(const tls::ConnectFailure& failure) noexcept override;

  net::Loop& loop_;
  pool::BackendGroup& group_;
  const pool::RetryConfig& retry_;
  std::uint64_t key_;
  std::string greeting_;
  Events& events_;
  base::Timer backoff_;
  std::optional<tls::SecureConnector> connector_;
  BackendSlot slot_;
  balancing::BackendMask excluded_;
  std::vector<flight::TryRecord> made_tries_;
  std::string_view backend_;
  base::MonotonicTime picked_{};
  std::uint32_t tries_ = 0;
  bool found_full_ = false;
};

}  // namespace poise::l4
