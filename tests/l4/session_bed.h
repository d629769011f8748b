// A worker for tests of TCP sessions: a thread with its loop, a listener on a port of its own, and
// the sessions, as a real worker holds them. Made and destroyed by the test's thread, which plays
// both peers with blocking sockets.
#pragma once

#include <chrono>
#include <csignal>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "balancing/strategies.h"
#include "proxy/l4/tcp_session.h"
#include "proxy/net/listener.h"
#include "tests/l4/peer_socket.h"

namespace poise::l4_test {

using namespace std::chrono_literals;

// Asks again and again until the condition holds or patience ends.
template <class Condition>
bool comes_true(Condition condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatience);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

struct BedSettings {
  std::vector<std::string> backends;
  base::Duration idle_timeout{0};
  std::uint32_t attempts = 2;
  std::uint32_t max_connections = 0;
  base::Duration backoff = 1ms;
  exchange::RouteConfig route{};
};

class SessionBed final : private l4::TcpSessionOwner, private net::Listener::Events {
 public:
  explicit SessionBed(const BedSettings& settings)
      : pool_(make_pool(settings)),
        plan_(make_plan(settings)),
        log_path_("/tmp/poise-l4-" + std::to_string(::getpid()) + ".log"),
        log_(exchange::AccessLogFile::open(log_path_), exchange::AccessFormat::json) {
    std::signal(SIGPIPE, SIG_IGN);
    std::promise<std::uint16_t> port;
    thread_ = std::thread([this, &port] { run(port); });
    port_ = port.get_future().get();
  }
  ~SessionBed() {
    loop_->stop();
    thread_.join();
    ::unlink(log_path_.c_str());
  }

  PeerSocket connect(int receive_buffer = 0) {
    return PeerSocket::connect_to(port_, receive_buffer);
  }

  // The access log once `count` sessions have ended.
  std::vector<std::string> log_lines(std::size_t count) {
    (void)comes_true([&] { return closed_.load() >= count; });
    on_loop([this] { log_.flush(); });
    std::ifstream file(log_path_);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }
  std::string log_line() {
    const auto lines = log_lines(1);
    return lines.size() == 1 ? lines[0] : std::to_string(lines.size()) + " lines";
  }

  void close_all(const base::Error& why) {
    on_loop([&] { sessions_.for_each([&](l4::TcpSession& session) { session.close_now(why); }); });
  }
  template <class Work>
  void on_loop(Work work) {
    std::promise<void> done;
    loop_->post([&] {
      work();
      done.set_value();
    });
    done.get_future().get();
  }

  // The time the worker spent on a CPU so far.
  base::Duration busy_time() {
    timespec time{};
    on_loop([&] { ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time); });
    return std::chrono::seconds(time.tv_sec) + base::Duration(time.tv_nsec);
  }

  std::size_t closed() const { return closed_.load(); }
  net::PipePool& pipes() { return pipes_; }
  pool::BackendGroup& group() { return *groups_->groups().front(); }
  exchange::RouteCells& cells() { return plan_->records[1]->cells.of(0); }
  exchange::ListenerCells& listener_cells() { return plan_->record->cells.of(0); }
  std::uint32_t backend_connections() {
    return pool_->backend_records[0]->shared.connections.load();
  }

 private:
  static std::shared_ptr<const pool::PoolPlan> make_pool(const BedSettings& settings) {
    auto made = std::make_shared<pool::PoolPlan>();
    pool::PoolPlan& plan = *made;
    plan.config.name = "pool";
    plan.config.retry.attempts = settings.attempts;
    plan.config.retry.backoff = settings.backoff;
    plan.config.connections.max = settings.max_connections;
    std::vector<balancing::BackendInfo> infos;
    for (const std::string& text : settings.backends) {
      plan.config.backends.push_back({.name = text, .address = *net::Address::parse(text)});
      infos.push_back({text, 1});
    }
    plan.backends = balancing::BackendSet(std::move(infos));
    plan.strategy = balancing::make_plan(plan.backends, plan.config.balance);
    plan.record = std::make_shared<pool::PoolRecord>();
    for (const pool::BackendConfig& backend : plan.config.backends) {
      plan.backend_records.push_back(
          std::make_shared<pool::BackendRecord>(backend.name, backend.address));
    }
    return made;
  }
  static std::shared_ptr<const l4::TcpPlan> make_plan(const BedSettings& settings) {
    auto made = std::make_shared<l4::TcpPlan>();
    l4::TcpPlan& plan = *made;
    plan.listener = "bed";
    exchange::RoutePlan& route = plan.routes.emplace_back();
    route.config = settings.route;
    route.config.name = "all";
    route.pools = {{.pool = 0, .weight = 1}};
    route.total_weight = 1;
    for (const char* pool : {"", "pool"}) {
      plan.records.push_back(std::make_shared<exchange::RouteRecord>("bed", "all", pool));
    }
    plan.records.push_back(std::make_shared<exchange::RouteRecord>("bed", "", ""));
    plan.record = std::make_shared<exchange::ListenerRecord>("bed");
    plan.idle_timeout = settings.idle_timeout;
    return made;
  }

  void run(std::promise<std::uint16_t>& port) {
    loop_ = std::make_unique<net::Loop>();
    groups_ = std::make_unique<pool::GroupSet>(*loop_, random_, 0);
    groups_->follow({pool_});
    service_ = base::Ref(new l4::TcpService{.loop = *loop_,
                                            .plan = plan_,
                                            .groups = groups_->groups(),
                                            .random = random_,
                                            .pipes = pipes_,
                                            .log = &log_,
                                            .cells = {plan_->records, 0},
                                            .listener_cells = listener_cells()});
    {
      auto bound = net::listen_on(*net::Address::parse("127.0.0.1:0"));
      net::Listener listener(*loop_, std::move(bound->fd), *this);
      listener.start();
      port.set_value(bound->bound.port());
      loop_->run();
      sessions_.for_each(
          [](l4::TcpSession& session) { session.close_now({.cause = base::Cause::draining}); });
    }
    service_ = {};
    groups_.reset();
    loop_.reset();
  }

  void on_accepted(net::Fd fd, const net::Address& peer) noexcept override {
    auto session =
        std::make_unique<l4::TcpSession>(*service_, static_cast<l4::TcpSessionOwner&>(*this));
    sessions_.add(std::move(session)).open(std::move(fd), peer);
  }
  void on_accept_failed(int) noexcept override {}
  void on_session_closed(l4::TcpSession& session) noexcept override {
    loop_->defer(sessions_.take(session));
    closed_.fetch_add(1);
  }

  std::shared_ptr<const pool::PoolPlan> pool_;
  std::shared_ptr<const l4::TcpPlan> plan_;
  std::string log_path_;
  exchange::AccessLogWriter log_;
  base::Random random_{1};
  net::PipePool pipes_;
  std::unique_ptr<net::Loop> loop_;
  std::unique_ptr<pool::GroupSet> groups_;
  base::Ref<l4::TcpService> service_;
  base::OwningList<l4::TcpSession> sessions_;
  std::atomic<std::size_t> closed_{0};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

inline std::string address_of(const BackendPort& port) {
  return "127.0.0.1:" + std::to_string(port.port());
}

inline bool has(const std::string& line, std::string_view part) {
  return line.find(part) != line.npos;
}

}  // namespace poise::l4_test
