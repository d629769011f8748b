// One direction of a session: moves bytes from one transport to another with bounded memory. Small
// data goes by recv and send through the loop's scratch memory; a stream of full reads goes by
// splice() where both ends have a bare descriptor. While the sink is full nothing is read. Owned by
// its Relay; calls nobody back: the caller looks at state() after each event.
#pragma once

#include "proxy/net/loop.h"
#include "proxy/net/pipe_pool.h"
#include "proxy/net/transport.h"

namespace poise::l4 {

class Flow {
 public:
  enum class State : std::uint8_t {
    flowing,
    blocked,      // the sink is full; what it did not take waits in it
    ended,        // the source's end was read and passed on to the sink
    source_lost,  // the last two are final; system_error() says why
    sink_lost,
  };

  Flow(net::Loop& loop, net::PipePool& pipes) : loop_(loop), pipe_(nullptr, {&pipes}) {}

  // Both outlive the flow's last event.
  void connect(net::Transport& source, net::Transport& sink);
  // Sends what was read of the source before. Requires: the first thing after connect().
  void begin_with(base::Buffer&& bytes);

  void on_source_readable();
  void on_sink_writable(int error);
  // Returns the pipe; no event may follow.
  void stop() { pipe_.reset(); }

  State state() const { return state_; }
  int system_error() const { return system_error_; }
  base::ByteCount moved() const { return moved_; }  // bytes handed on to the sink's kernel side

 private:
  enum class Step : std::uint8_t { again, enough };

  void pump();
  Step copy_once();
  Step splice_once();
  Step on_no_bytes(const net::IoResult& result);
  void send(base::Bytes bytes);
  void empty_pipe();
  void block(base::Buffer&& rest);
  void lose(State lost, int error);
  void note_read(std::size_t count);
  bool borrow_pipe();

  net::Loop& loop_;
  net::Transport* source_ = nullptr;
  net::Transport* sink_ = nullptr;
  net::PipePool::Lease pipe_;  // held between events only with bytes in it
  base::ByteCount moved_ = 0;
  std::uint32_t streak_ = 0;  // bytes read since the last small read
  int system_error_ = 0;
  State state_ = State::flowing;
  bool paused_ = false;
};

}  // namespace poise::l4
