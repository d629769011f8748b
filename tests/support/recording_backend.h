// A backend for tests, on a loopback port of its own: parses strictly whatever arrives, records
// each whole request, every fault and every request that never ended, and answers as it is told; by
// default with the request's X-Id, so that an answer given to the wrong client shows. One thread a
// connection; the destructor ends them all. Everything here may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/blocking_socket.h"
#include "tests/support/strict_http.h"

namespace poise::support {

enum class AfterReply { keep, close, reset, stall, tunnel };

struct Reply {
  std::vector<std::string> pieces;  // one send each
  AfterReply after = AfterReply::keep;
  std::function<void(std::size_t)> before_piece;  // may hold the piece back
};

// What a backend does: `at_head` may answer (or send an interim answer) before the body is read.
struct BackendScript {
  std::function<Reply(const StrictMessage&)> at_end;
  std::function<Reply(const StrictMessage&)> final_at_head;  // no pieces: not answered at head
  std::function<std::string(const StrictMessage&)> interim_at_head;  // empty: nothing
  std::function<void(BlockingSocket&)> on_accept;                    // before anything is read
};

// 200 with X-Seen-Id, and a body "id=ID METHOD TARGET\n" plus the request's body.
Reply id_echo(const StrictMessage& request);
// 200 with this body and a Content-Length.
Reply plain_reply(const std::string& body);
std::string continue_if_expected(const StrictMessage& request);

struct BackendFinding {
  std::string fault;
  std::string raw;
};

class RecordingBackend {
 public:
  explicit RecordingBackend(BackendScript script = {id_echo, {}, continue_if_expected, {}});
  explicit RecordingBackend(const std::string& unix_path);
  // On another address of the loopback network, such as 127.0.0.2.
  RecordingBackend(BackendScript script, std::string ip, std::uint16_t port);
  RecordingBackend(const RecordingBackend&) = delete;
  RecordingBackend& operator=(const RecordingBackend&) = delete;
  ~RecordingBackend() { go_down(); }

  std::uint16_t port() const { return port_; }
  std::string address() const { return ip_ + ':' + std::to_string(port_); }

  // What arrived since the last call of the same name.
  std::vector<StrictMessage> take_requests();
  std::vector<BackendFinding> take_faults();
  std::vector<StrictMessage> take_cut_requests();

  std::size_t request_count() const;
  std::size_t accepted_count() const { return accepted_; }
  std::size_t open_connections() const { return open_; }
  // Connections that are within a request at this moment.
  std::size_t unfinished_requests() const { return unfinished_; }
  std::size_t bytes_received() const { return bytes_; }
  // Closes every connection now, in order; new ones are accepted.
  void close_connections();
  // Stops listening and drops every connection; come_back() listens on the same port again.
  void go_down();
  void come_back();

 private:
  struct Connection {
    BlockingSocket socket;
    std::thread thread;
  };

  void listen();
  void accept_all();
  void serve(BlockingSocket& socket);
  bool serve_request(BlockingSocket& socket, std::string& pending);
  bool read_request(BlockingSocket& socket, std::string& pending, StrictParser& parser,
                    bool& was_answered);
  bool on_head(BlockingSocket& socket, const StrictMessage& request, bool& was_answered);
  bool play(BlockingSocket& socket, const Reply& reply, std::string& pending);
  void record_end(StrictParser& parser);
  void record_fault(std::string fault, std::string raw);

  BackendScript script_;
  std::string unix_path_;
  std::string ip_ = "127.0.0.1";
  std::uint16_t port_ = 0;
  std::unique_ptr<ListeningSocket> listener_;
  std::thread acceptor_;

  mutable std::mutex mutex_;
  std::list<Connection> connections_;
  std::vector<StrictMessage> requests_;
  std::vector<StrictMessage> cut_requests_;
  std::vector<BackendFinding> faults_;
  std::size_t request_count_ = 0;
  std::atomic<std::size_t> accepted_{0};
  std::atomic<std::size_t> open_{0};
  std::atomic<std::size_t> unfinished_{0};
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace poise::support
