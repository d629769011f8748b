#include "proxy/base/log_sink.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace poise::base {
namespace {

mode_t type_of(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 ? status.st_mode & S_IFMT : S_IFREG;
}

// An open description of our own, on which O_NONBLOCK disturbs nobody else; -1 when there is none.
int open_again(int fd) {
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

}  // namespace

std::shared_ptr<const LogSink> LogSink::open(const std::string& path) {
  // O_NONBLOCK is for named pipes; regular files do not know it.
  constexpr int kFlags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  const int fd = ::open(path.c_str(), kFlags, 0640);
  if (fd < 0) return nullptr;
  return std::shared_ptr<const LogSink>(new LogSink(fd, Close::yes));
}

std::shared_ptr<const LogSink> LogSink::adopt(int fd) {
  const mode_t type = type_of(fd);
  const int own = type == S_IFIFO || type == S_IFCHR ? open_again(fd) : -1;
  if (own >= 0) return std::shared_ptr<const LogSink>(new LogSink(own, Close::yes));
  return std::shared_ptr<const LogSink>(new LogSink(fd, Close::no));
}

LogSink::LogSink(int fd, Close close) : fd_(fd), kind_(Kind::file), close_(close) {
  const mode_t type = type_of(fd);
  if (type == S_IFIFO) kind_ = Kind::pipe;
  if (type == S_IFSOCK) kind_ = Kind::socket;
}

LogSink::~LogSink() {
  if (close_ == Close::yes) ::close(fd_);
}

ssize_t LogSink::write(std::string_view bytes) const {
  ssize_t taken;
  do {
    taken = kind_ == Kind::socket
                ? ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                : ::write(fd_, bytes.data(), bytes.size());
  } while (taken < 0 && errno == EINTR);
  return taken;
}

std::size_t LogSink::atomic_bytes() const { return kind_ == Kind::pipe ? PIPE_BUF : 0; }

}  // namespace poise::base
