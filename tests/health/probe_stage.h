// A loop with a scripted backend on it, for probes: the backend is bare descriptors, and everything
// happens on the test's own thread, turn by turn.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "health/probe_run.h"
#include "proxy/net/fd.h"

namespace poise::test {

// What the backend does with a connection once it has read a whole request head.
struct PeerScript {
  bool accepts = true;  // false: connections wait in the kernel
  bool answers = true;  // false: it is silent
  std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
  bool closes = true;           // after the answer
  bool closes_at_once = false;  // before anything is read
};

class ProbeStage final : private health::ProbeRun::Events {
 public:
  enum class Kind : std::uint8_t { ip, unix_path, nobody };
  explicit ProbeStage(Kind kind = Kind::ip);
  ~ProbeStage();

  net::Loop& loop() { return loop_; }
  const net::Address& address() const { return address_; }

  void turn();
  bool comes_true(const std::function<bool()>& condition);
  // One probe to its end.
  health::ProbeResult probe(std::shared_ptr<const health::ProbePlan> plan,
                            health::ProbeRun::Limits limits = {std::chrono::seconds(5)});
  // Begins one and returns; cancel() ends it.
  void begin(std::shared_ptr<const health::ProbePlan> plan);
  void cancel() { run_.reset(); }
  bool is_done() const { return done_; }

  PeerScript script;
  std::string received;
  std::size_t accepted = 0;
  // Connections whose other end is still open.
  std::size_t open_connections();

 private:
  struct Connection {
    net::Fd fd;
    std::string head;
    bool answered = false;
    bool ended = false;
  };
  void play();
  void serve(Connection& connection);
  void on_probe_done(health::ProbeResult result) noexcept override;

  net::Loop loop_;
  net::Address address_;
  net::Fd listener_;
  std::vector<Connection> connections_;
  std::unique_ptr<health::ProbeRun> run_;
  health::ProbeResult result_;
  bool done_ = false;
};

}  // namespace poise::test
