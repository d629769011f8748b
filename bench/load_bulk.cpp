// Bulk both ways. A downloaded body is thrown away in the kernel (MSG_TRUNC) and an uploaded one is
// the same block again and again, so the generator costs little beside the proxy.
#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "load.h"
#include "sockets.h"

namespace poise::bench {
namespace {

constexpr std::size_t kBlockBytes = 1024 * 1024;
const std::string block(kBlockBytes, 'x');
std::array<char, 64 * 1024> scratch;

struct Stream {
  int fd = -1;
  std::string request;          // head still to be sent
  std::uint64_t send_left = 0;  // of the request's body
  std::uint64_t read_left = 0;  // of the answer's body
  AnswerHead head;
  bool done = false;
  bool writing = true;
};

class Bulk {
 public:
  Bulk(const LoadOptions& options, bool upload) : options_(options), upload_(upload) {
    for (int i = 0; i < options.connections; ++i) open_stream();
  }

  int run() {
    const Clock::time_point start = Clock::now();
    while (running_ > 0 && !time_is_over(start)) step();
    const double seconds = seconds_since(start);
    std::printf("{\"bytes\": %llu, \"answers\": %llu, \"errors\": %d, \"seconds\": %.3f}\n",
                static_cast<unsigned long long>(bytes_), static_cast<unsigned long long>(answers_),
                errors_, seconds);
    return errors_ == 0 ? 0 : 1;
  }

 private:
  bool time_is_over(Clock::time_point start) const {
    return options_.seconds > 0 && seconds_since(start) >= options_.seconds;
  }

  void open_stream() {
    auto stream = std::make_unique<Stream>();
    stream->fd = start_connect(options_.port);
    if (stream->fd < 0) {
      ++errors_;
      return;
    }
    prepare(*stream);
    epoll_.add(stream->fd, EPOLLOUT, stream.get());
    streams_.push_back(std::move(stream));
    ++running_;
  }

  void prepare(Stream& stream) {
    const std::string size = std::to_string(options_.bytes);
    stream.head.reset();
    stream.writing = true;
    stream.send_left = upload_ ? options_.bytes : 0;
    stream.request = upload_ ? "POST /36 HTTP/1.1\r\nHost: bench\r\nContent-Length: " + size
                             : "GET /bytes/" + size + " HTTP/1.1\r\nHost: bench";
    stream.request += "\r\n\r\n";
  }

  void step() {
    std::array<epoll_event, 64> events;
    const int count = epoll_.wait(events.data(), static_cast<int>(events.size()), 200);
    for (int i = 0; i < count; ++i) {
      Stream& stream = *static_cast<Stream*>(events[static_cast<std::size_t>(i)].data.ptr);
      if (stream.done) continue;
      if (stream.writing)
        write_to(stream);
      else
        read_from(stream);
    }
  }

  void write_to(Stream& stream) {
    const bool in_head = !stream.request.empty();
    const char* from = in_head ? stream.request.data() : block.data();
    const std::size_t size =
        in_head ? stream.request.size() : std::min<std::uint64_t>(stream.send_left, kBlockBytes);
    const ssize_t n = send(stream.fd, from, size, MSG_NOSIGNAL);
    if (n < 0 && would_block()) return;
    if (n < 0) return finish(stream, false);
    const auto sent = static_cast<std::size_t>(n);
    if (in_head)
      stream.request.erase(0, sent);
    else
      count_sent(stream, sent);
    if (stream.request.empty() && stream.send_left == 0) set_writing(stream, false);
  }

  void count_sent(Stream& stream, std::size_t sent) {
    stream.send_left -= sent;
    bytes_ += sent;
  }

  void set_writing(Stream& stream, bool writing) {
    stream.writing = writing;
    epoll_.change(stream.fd, writing ? EPOLLOUT : EPOLLIN, &stream);
  }

  void read_from(Stream& stream) {
    const bool in_head = !stream.head.complete();
    const std::size_t size =
        in_head ? scratch.size() : std::min<std::uint64_t>(stream.read_left, kBlockBytes);
    const ssize_t n = recv(stream.fd, scratch.data(), size, in_head ? 0 : MSG_TRUNC);
    if (n < 0 && would_block()) return;
    if (n <= 0) return finish(stream, false);
    if (in_head)
      read_head(stream, static_cast<std::size_t>(n));
    else
      count_read(stream, static_cast<std::size_t>(n));
    if (!stream.done && stream.head.complete() && stream.read_left == 0) answer_read(stream);
  }

  void read_head(Stream& stream, std::size_t size) {
    const std::size_t body = stream.head.take({scratch.data(), size});
    if (!stream.head.complete()) return;
    if (!stream.head.good() || body > stream.head.length()) return finish(stream, false);
    stream.read_left = stream.head.length();
    count_read(stream, body);
  }

  void count_read(Stream& stream, std::size_t size) {
    stream.read_left -= size;
    if (!upload_) bytes_ += size;
  }

  void answer_read(Stream& stream) {
    ++answers_;
    if (options_.seconds <= 0) return finish(stream, true);
    prepare(stream);
    set_writing(stream, true);
  }

  void finish(Stream& stream, bool good) {
    stream.done = true;
    close(stream.fd);
    --running_;
    if (!good) ++errors_;
  }

  LoadOptions options_;
  bool upload_;
  Epoll epoll_;
  std::vector<std::unique_ptr<Stream>> streams_;
  int running_ = 0;
  int errors_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t answers_ = 0;
};

}  // namespace

int run_download(const LoadOptions& options) { return Bulk(options, false).run(); }
int run_upload(const LoadOptions& options) { return Bulk(options, true).run(); }

}  // namespace poise::bench
