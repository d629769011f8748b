// What one worker does on one HTTP listener, turn by turn on the test's own thread: client
// connections, exchanges, the pool and its connections are the real ones; the far ends of both
// sides are bare peers, and the clock is the test's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/exchange/http_service.h"
#include "proxy/server/snapshot.h"
#include "tests/net/turned_loop.h"

namespace poise::test {

// The listener's and the pool's settings beside what the stage needs itself: YAML in flow style,
// each with its comma behind it.
struct StageSettings {
  std::string listener{};
  std::string pool{};
};

class ExchangeStage final : public TurnedLoop, private http::InboundOwner {
 public:
  explicit ExchangeStage(const StageSettings& settings = {});
  ~ExchangeStage();

  // A client that has just connected.
  BarePeer& connect();
  // The backend's end of the next connection to it; turns until poise opens one.
  BarePeer& accept();
  // The backend's end of a new connection on which the client's request has arrived.
  BarePeer& forward(BarePeer& client, std::string_view request);

  std::size_t client_count() const { return client_count_; }

  // What was counted of the one route, the listener and the pool.
  const exchange::RouteCells& cells() {
    const exchange::ListenerPlan& plan = *service_->plan;
    return plan.records[plan.routes[0].row + 1]->cells.of(0);
  }
  const exchange::ListenerCells& listener_cells() { return service_->listener_cells; }
  pool::BackendGroup& group() { return *groups_.groups().front(); }

 private:
  std::unique_ptr<http::StreamHandler> make_handler(http::InboundStream& stream) noexcept override;
  void on_inbound_closed(http::H1Inbound& connection) noexcept override;
  bool is_draining() const noexcept override { return false; }
  const http::InboundSettings& inbound_settings() const noexcept override {
    return service_->plan->inbound;
  }

  BarePort backend_;
  std::shared_ptr<const server::Snapshot> snapshot_;
  base::Random random_{1};
  pool::GroupSet groups_;
  base::Ref<exchange::HttpService> service_;
  base::OwningList<http::H1Inbound> connections_;
  std::size_t client_count_ = 0;
};

}  // namespace poise::test
