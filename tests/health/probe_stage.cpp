#include "tests/health/probe_stage.h"

#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>

namespace poise::test {
namespace {

void must(bool succeeded) {
  if (!succeeded) throw std::runtime_error("the sockets of a test could not be set up");
}

net::Address address_for(ProbeStage::Kind kind) {
  static int number = 0;
  if (kind != ProbeStage::Kind::unix_path) return *net::Address::parse("127.0.0.1:0");
  return *net::Address::parse("unix:/tmp/poise-probe-" + std::to_string(::getpid()) + "-" +
                              std::to_string(++number));
}

}  // namespace

ProbeStage::ProbeStage(Kind kind) : address_(address_for(kind)) {
  listener_ = net::Fd(::socket(address_.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  must(::bind(listener_.get(), address_.get(), address_.length()) == 0);
  sockaddr_storage bound{};
  socklen_t length = sizeof bound;
  auto* place = reinterpret_cast<sockaddr*>(&bound);
  must(::getsockname(listener_.get(), place, &length) == 0);
  if (!address_.is_unix()) address_ = net::Address(place, length);
  if (kind == Kind::nobody) return;  // bound, so that nobody else is there either
  must(::listen(listener_.get(), 64) == 0);
}

ProbeStage::~ProbeStage() {
  run_.reset();
  for (int i = 0; i < 20; ++i) turn();
  if (address_.is_unix()) (void)::unlink(address_.text().substr(5).c_str());
}

void ProbeStage::turn() {
  loop_.begin_callback();
  uv_run(loop_.uv(), UV_RUN_NOWAIT);
  loop_.end_callback();
  play();
}

bool ProbeStage::comes_true(const std::function<bool()>& condition) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::seconds(20);
  const timespec pause{0, 200'000};
  while (!condition()) {
    if (Clock::now() > end) return false;
    turn();
    (void)::nanosleep(&pause, nullptr);
  }
  return true;
}

health::ProbeResult ProbeStage::probe(std::shared_ptr<const health::ProbePlan> plan,
                                      health::ProbeRun::Limits limits) {
  done_ = false;
  loop_.read_now();
  run_ = std::make_unique<health::ProbeRun>(loop_, std::move(plan), address_, limits,
                                            static_cast<health::ProbeRun::Events&>(*this));
  run_->start();
  must(comes_true([&] { return done_; }));
  return result_;
}

void ProbeStage::begin(std::shared_ptr<const health::ProbePlan> plan) {
  done_ = false;
  loop_.read_now();
  run_ = std::make_unique<health::ProbeRun>(loop_, std::move(plan), address_,
                                            health::ProbeRun::Limits{std::chrono::seconds(60)},
                                            static_cast<health::ProbeRun::Events&>(*this));
  run_->start();
}

void ProbeStage::on_probe_done(health::ProbeResult result) noexcept {
  done_ = true;
  result_ = std::move(result);
  loop_.defer(std::move(run_));
}

void ProbeStage::play() {
  while (script.accepts) {
    net::Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) break;
    ++accepted;
    connections_.push_back({std::move(fd), {}});
    if (script.closes_at_once) connections_.back().fd.reset();
  }
  for (Connection& connection : connections_) {
    if (connection.fd) serve(connection);
  }
}

void ProbeStage::serve(Connection& connection) {
  std::array<char, 4096> space;
  for (;;) {
    const ssize_t count = ::recv(connection.fd.get(), space.data(), space.size(), 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) connection.ended = true;
    if (count <= 0) break;
    connection.head.append(space.data(), static_cast<std::size_t>(count));
    received.append(space.data(), static_cast<std::size_t>(count));
  }
  const bool whole = connection.head.find("\r\n\r\n") != std::string::npos;
  if (whole && script.answers && !connection.answered) {
    connection.answered = true;
    (void)::send(connection.fd.get(), script.answer.data(), script.answer.size(), MSG_NOSIGNAL);
    if (script.closes) connection.fd.reset();
  }
  if (connection.ended) connection.fd.reset();
}

std::size_t ProbeStage::open_connections() {
  play();
  std::size_t open = 0;
  for (const Connection& connection : connections_) open += connection.fd ? 1 : 0;
  return open;
}

}  // namespace poise::test
