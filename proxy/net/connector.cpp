#include "proxy/net/connector.h"

#include <sys/socket.h>

namespace poise::net {
namespace {

// Holds the place of the real speaker until on_connected() hands the transport over.
class NoEvents final : public TransportEvents {
 public:
  void on_readable() noexcept override {}
  void on_writable(int) noexcept override {}
};
NoEvents no_events;

}  // namespace

void Connector::start(const Address& address, base::Duration timeout, std::string_view greeting) {
  greeting_ = greeting;
  if (address.is_unix()) return start_unix(address);
  transport_ = Socket::connect(loop_, address, *this, early_error_);
  if (transport_ == nullptr) {
    loop_.schedule(*this);
    return;
  }
  if (timeout.count() > 0) loop_.arm_in(timer_, timeout);
}

// A Unix socket connects at once or not at all.
void Connector::start_unix(const Address& address) {
  unix_fd_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!unix_fd_ || ::connect(unix_fd_.get(), address.get(), address.length()) != 0) {
    early_error_ = errno;
  } else {
    transport_ = Socket::open(loop_, std::move(unix_fd_), no_events);
    early_error_ = transport_ == nullptr ? ENOMEM : 0;
  }
  loop_.schedule(*this);
}

void Connector::on_connect_done(int error) noexcept { finish(error); }

// Into a socket nothing was written to yet, it fits whole.
int Connector::greet() {
  if (greeting_.empty()) return 0;
  const iovec slice{greeting_.data(), greeting_.size()};
  const IoResult result = transport_->send({&slice, 1});
  if (result.ok() && result.count == greeting_.size()) return 0;
  return result.error != 0 ? result.error : ENOBUFS;
}

void Connector::finish(int error) {
  timer_.cancel();
  if (error == 0) error = greet();
  if (error != 0) {
    transport_.reset();
    events_.on_connect_failed(error);
  } else {
    events_.on_connected(std::move(transport_));
  }
}

}  // namespace poise::net
