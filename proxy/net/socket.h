// A connected stream socket on a loop. libuv only says when it is ready: its alloc callback hands
// out no buffer, so that libuv never reads, and recv and send are our own (measured in
// docs/architecture.md, "Bytes"). What the kernel would not take goes through one uv_write.
#pragma once

#include <uv.h>

#include <memory>

#include "proxy/net/address.h"
#include "proxy/net/fd.h"
#include "proxy/net/loop.h"
#include "proxy/net/transport.h"

namespace poise::net {

class Socket final : public Transport {
 public:
  // Takes a connected, non-blocking descriptor and starts to watch it. Null when libuv will not
  // have it (out of memory or descriptors); the descriptor is closed then.
  static TransportPtr open(Loop& loop, Fd fd, TransportEvents& events);

  class ConnectEvents {
   public:
    virtual void on_connect_done(int error) noexcept = 0;  // 0 or an errno

   protected:
    ~ConnectEvents() = default;
  };
  // Starts to connect to an IP address; `done` hears of the outcome once, never from within this
  // call. Null, and `error` set to an errno, when it cannot even start.
  static TransportPtr connect(Loop& loop, const Address& address, ConnectEvents& done, int& error);

  IoResult receive(std::span<char> room) override;
  IoResult send(std::span<const iovec> slices) override;
  void write_rest(base::Buffer&& rest) override;
  void pause_reading() override;
  void resume_reading() override;
  void shutdown_sending() override;
  void reset_on_close() override;
  void set_events(TransportEvents& events) override { events_ = &events; }
  std::size_t unacknowledged() const override;
  bool is_quiet() const override;
  int splice_fd() const override { return fd_; }
  Address local_address() const override;

 private:
  struct Rest;
  friend struct std::default_delete<Socket>;
  explicit Socket(Loop& loop);
  ~Socket() override;
  static std::unique_ptr<Socket, TransportCloser> adopt(Loop& loop, Fd fd, int& error);
  void close() override;
  void on_read_event(ssize_t status);
  void on_connected(int status);
  void on_rest_written(int status);

  Loop& loop_;
  TransportEvents* events_ = nullptr;
  ConnectEvents* connecting_ = nullptr;
  std::unique_ptr<Rest> rest_;
  int fd_ = -1;
  bool reading_ = false;
  bool closing_ = false;
  uv_tcp_t handle_{};
};

}  // namespace poise::net
