// Both directions of a session between two transports: passes bytes, half-closes and resets on, and
// ends the session when nothing moved for too long. It ends when both directions ended, when one
// side is lost (then the other side sees a reset too), or by the clock. Part of its session, on the
// worker's thread.
#pragma once

#include "proxy/base/error.h"
#include "proxy/l4/flow.h"
#include "proxy/net/fd.h"

namespace poise::l4 {

class Relay {
 public:
  class Events {
   public:
    // Both transports are closed. No error: both peers ended in good order.
    virtual void on_relay_ended(const base::Error& error) noexcept = 0;
    // Now and then while bytes move, for whoever counts them.
    virtual void on_relay_moved() noexcept = 0;

   protected:
    ~Events() = default;
  };

  Relay(net::Loop& loop, net::PipePool& pipes, Events& events);

  // Takes the client's socket; what it sends waits in the kernel until start(). False when it
  // cannot be watched.
  bool open_client(net::Fd fd);
  void open_client(net::TransportPtr transport);
  // `idle`: no byte either way for so long ends the session; 0: never. `first` is what was read of
  // the client before. May call the owner before returning.
  void start(net::TransportPtr backend, base::Duration idle, base::Buffer&& first);
  // Both peers see a reset, and the owner is not called.
  void reset();

  // The address of ours that the client connected to. Requires: its socket is open.
  net::Address called() const { return client_.transport->local_address(); }

  base::ByteCount bytes_in() const { return to_backend_.moved(); }
  base::ByteCount bytes_out() const { return to_client_.moved(); }
  base::MonotonicTime first_byte() const { return first_byte_; }  // of the backend's; zero: none

 private:
  // One peer, with the flow that reads from it and the one that writes to it.
  struct Peer final : net::TransportEvents {
    Peer(Relay& owner, Flow& its_reads, Flow& its_writes)
        : relay(owner), reads(its_reads), writes(its_writes) {}
    void on_readable() noexcept override;
    void on_writable(int error) noexcept override;

    Relay& relay;
    Flow& reads;
    Flow& writes;
    net::TransportPtr transport;
  };

  void after(Flow& flow, Flow& opposite);
  void tell_moved();
  base::Error loss_in(const Flow& flow) const;
  void end(const base::Error& error);
  void close();
  void on_timer();
  bool is_being_read();

  net::Loop& loop_;
  Events& events_;
  Flow to_backend_;
  Flow to_client_;
  Peer client_;
  Peer backend_;
  base::Timer timer_;
  base::Duration idle_{0};
  base::MonotonicTime last_activity_{};
  base::MonotonicTime first_byte_{};
  std::size_t unacknowledged_ = 0;
  base::ByteCount told_ = 0;  // of what moved, either way
};

}  // namespace poise::l4
