// Kernel pipes for splice(), by which bulk data goes from socket to socket without being copied
// through this process. A flow borrows a pipe only while it moves bytes, so that one pipe serves
// all flows which are not held up. One pool a worker; it outlives every pipe it lent.
#pragma once

#include <memory>
#include <vector>

#include "proxy/base/buffer.h"
#include "proxy/net/fd.h"
#include "proxy/net/transport.h"

namespace poise::net {

class Pipe {
 public:
  // nullptr when there is none to be had, or only a tiny one (the user's share of pipe memory is
  // used up).
  static std::unique_ptr<Pipe> make();

  // One splice() each. Requires for fill_from: the pipe is empty.
  IoResult fill_from(int socket);
  IoResult drain_to(int socket);
  // Moves up to `most` bytes from the front into memory.
  void read_into(base::Buffer& buffer, std::size_t most);

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }

 private:
  Pipe(Fd read_end, Fd write_end, std::size_t capacity)
      : read_end_(std::move(read_end)), write_end_(std::move(write_end)), capacity_(capacity) {}

  Fd read_end_;
  Fd write_end_;
  std::size_t capacity_;
  std::size_t size_ = 0;
};

class PipePool {
 public:
  PipePool() = default;
  PipePool(const PipePool&) = delete;
  PipePool& operator=(const PipePool&) = delete;

  struct Return {
    PipePool* pool;
    void operator()(Pipe* pipe) const { pool->take_back(std::unique_ptr<Pipe>(pipe)); }
  };
  using Lease = std::unique_ptr<Pipe, Return>;

  // An empty pipe, or null when too many are lent or the kernel has none: then copy. Letting go of
  // the lease returns the pipe, whatever is in it.
  Lease borrow();

  std::size_t lent() const { return lent_; }
  std::size_t kept() const { return idle_.size(); }

 private:
  static constexpr std::size_t kMostLent = 64;  // lent for longer: those with a slow reader
  static constexpr std::size_t kMostKept = 4;
  void take_back(std::unique_ptr<Pipe> pipe);

  std::vector<std::unique_ptr<Pipe>> idle_;
  std::size_t lent_ = 0;
};

}  // namespace poise::net
