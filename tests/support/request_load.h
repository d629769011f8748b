// Clients that ask without a pause on threads of their own until they are stopped: by default half
// of them on one connection and half of them on a new one for each request. Stops at the first
// fault, which is kept. Used by one thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/raw_client.h"

namespace poise::support {

class RequestLoad {
 public:
  enum class Clients { mixed, new_only };

  explicit RequestLoad(std::uint16_t port, Clients clients = Clients::mixed);
  RequestLoad(const RequestLoad&) = delete;
  RequestLoad& operator=(const RequestLoad&) = delete;
  ~RequestLoad() { stop(); }

  void stop();
  std::size_t answered() const { return answered_; }
  // Waits until so many more were answered, or one failed.
  void wait_for(std::size_t more);
  std::string faults();

 private:
  bool ask(RawClient& client);
  void keep(std::uint16_t port);
  void renew(std::uint16_t port);
  bool goes_on() { return !stopped_ && !failed_; }

  std::atomic<bool> stopped_{false};
  std::atomic<bool> failed_{false};
  std::atomic<std::size_t> answered_{0};
  std::mutex mutex_;
  std::string faults_;
  std::vector<std::thread> threads_;
};

}  // namespace poise::support
