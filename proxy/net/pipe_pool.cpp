#include "proxy/net/pipe_pool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace poise::net {
namespace {

constexpr int kPipeBytes = 256 * 1024;
constexpr int kLeastPipeBytes = 64 * 1024;
constexpr unsigned kSpliceFlags = SPLICE_F_NONBLOCK | SPLICE_F_MOVE;

IoResult splice_once(int from, int to, std::size_t most) {
  const ssize_t count = ::splice(from, nullptr, to, nullptr, most, kSpliceFlags);
  if (count > 0) return {IoResult::Status::ok, 0, static_cast<std::size_t>(count)};
  if (count == 0) return {IoResult::Status::end, 0, 0};
  if (errno == EAGAIN || errno == EINTR) return {};
  return {IoResult::Status::failed, errno, 0};
}

}  // namespace

std::unique_ptr<Pipe> Pipe::make() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return nullptr;
  Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  (void)::fcntl(ends[1], F_SETPIPE_SZ, kPipeBytes);
  const int capacity = ::fcntl(ends[1], F_GETPIPE_SZ);
  if (capacity < kLeastPipeBytes) return nullptr;
  return std::unique_ptr<Pipe>(
      new Pipe(std::move(read_end), std::move(write_end), static_cast<std::size_t>(capacity)));
}

IoResult Pipe::fill_from(int socket) {
  const IoResult result = splice_once(socket, write_end_.get(), capacity_);
  size_ += result.count;
  return result;
}

IoResult Pipe::drain_to(int socket) {
  const IoResult result = splice_once(read_end_.get(), socket, size_);
  size_ -= result.count;
  return result;
}

void Pipe::read_into(base::Buffer& buffer, std::size_t most) {
  most = std::min(most, size_);
  while (most > 0) {
    const auto room = buffer.room();
    const ssize_t count = ::read(read_end_.get(), room.data(), std::min(room.size(), most));
    if (count <= 0) return;
    buffer.commit(static_cast<std::size_t>(count));
    size_ -= static_cast<std::size_t>(count);
    most -= static_cast<std::size_t>(count);
  }
}

PipePool::Lease PipePool::borrow() {
  if (lent_ >= kMostLent) return Lease(nullptr, Return{this});
  std::unique_ptr<Pipe> pipe;
  if (idle_.empty()) {
    pipe = Pipe::make();
  } else {
    pipe = std::move(idle_.back());
    idle_.pop_back();
  }
  if (pipe != nullptr) ++lent_;
  return Lease(pipe.release(), Return{this});
}

// What is left in it belongs to a session that ended: nobody else may see it.
void PipePool::take_back(std::unique_ptr<Pipe> pipe) {
  --lent_;
  if (pipe->empty() && idle_.size() < kMostKept) idle_.push_back(std::move(pipe));
}

}  // namespace poise::net
