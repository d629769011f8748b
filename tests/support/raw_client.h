// A client that sends exactly the bytes it is told and reads answers with the strict parser. One
// thread, one connection; every wait has a deadline.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/blocking_socket.h"
#include "tests/support/strict_http.h"

namespace poise::support {

enum class AnswerEnd {
  complete,
  nothing,    // the connection ended, in order or not, before a byte of an answer
  cut,        // it ended within the answer: an incomplete message
  malformed,  // `fault` says why
  timed_out
};

struct Answer {
  AnswerEnd end = AnswerEnd::nothing;
  StrictMessage message;
  std::string fault;

  bool is_complete() const { return end == AnswerEnd::complete; }
  int status() const { return message.status; }
};

// For test messages: "200 complete", "cut", "malformed: bare CR" ...
std::string describe(const Answer& answer);

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(BlockingSocket::connect_to(port)) {}
  explicit RawClient(const std::string& unix_path)
      : socket_(BlockingSocket::connect_to(unix_path)) {}
  explicit RawClient(BlockingSocket socket) : socket_(std::move(socket)) {}

  BlockingSocket& socket() { return socket_; }
  bool is_connected() const { return socket_.is_open(); }
  bool send(std::string_view bytes) { return socket_.is_open() && socket_.send(bytes); }
  // The next message, interim (1xx) ones included.
  Answer read_message(std::string_view method = "GET", Deadline deadline = Deadline());
  // The next final answer; interim ones before it are added to `interim` if given.
  Answer read_answer(std::string_view method = "GET", Deadline deadline = Deadline(),
                     std::vector<StrictMessage>* interim = nullptr);
  // Sends a request and reads its answer.
  Answer ask(std::string_view request);
  // Raw bytes, for tunnels: at least `size` of them unless the connection ends before.
  std::string read_bytes(std::size_t size, Deadline deadline = Deadline());
  // Reads until this text was seen, which stays to be read as part of an answer.
  bool sees(std::string_view text, Deadline deadline = Deadline());
  // True when the peer closed (or reset) without sending another byte.
  bool is_closed_by_peer(Deadline deadline = Deadline());

 private:
  ReadEnd read_more(Deadline deadline) { return socket_.read_some(pending_, deadline); }

  BlockingSocket socket_;
  std::string pending_;  // read, not yet part of an answer
};

}  // namespace poise::support
