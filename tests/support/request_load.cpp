#include "tests/support/request_load.h"

#include "tests/support/proxied_backend.h"

namespace poise::support {

RequestLoad::RequestLoad(std::uint16_t port, Clients clients) {
  for (int i = 0; i < 4; ++i) {
    const bool keeps = clients == Clients::mixed && i % 2 == 0;
    threads_.emplace_back([this, port, keeps] { keeps ? keep(port) : renew(port); });
  }
}

void RequestLoad::stop() {
  stopped_ = true;
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

void RequestLoad::wait_for(std::size_t more) {
  const std::size_t wanted = answered_ + more;
  comes_true([&] { return answered_ >= wanted || failed_; });
}

std::string RequestLoad::faults() {
  const std::lock_guard lock(mutex_);
  return faults_;
}

// Whether the connection serves another request.
bool RequestLoad::ask(RawClient& client) {
  const Answer answer = client.ask(get_text("load"));
  if (answer.status() == 200) {
    ++answered_;
    return !answer.message.lists("Connection", "close");
  }
  const std::lock_guard lock(mutex_);
  faults_ += (client.is_connected() ? describe(answer) : "not connected") + "\n";
  failed_ = true;
  return false;
}

void RequestLoad::keep(std::uint16_t port) {
  while (goes_on()) {
    RawClient client(port);
    while (ask(client) && goes_on()) {
    }
  }
}

void RequestLoad::renew(std::uint16_t port) {
  while (goes_on()) {
    RawClient client(port);
    (void)ask(client);
  }
}

}  // namespace poise::support
