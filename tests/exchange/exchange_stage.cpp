#include "tests/exchange/exchange_stage.h"

#include <stdexcept>

#include "conf/load.h"
#include "conf/print.h"
#include "proxy/exchange/exchange.h"

namespace poise::test {
namespace {

std::shared_ptr<const server::Snapshot> compiled(const StageSettings& settings,
                                                 std::uint16_t backend) {
  const std::string text = "listeners: [{" + settings.listener +
                           " bind: 127.0.0.1:0, pool: app }]\npools: { app: {" + settings.pool +
                           " backends: [\"127.0.0.1:" + std::to_string(backend) + "\"] } }\n";
  const conf::Loaded loaded = conf::load_text(text, "stage.yaml");
  if (!loaded.ok()) throw std::runtime_error(conf::render(loaded.error(), false));
  server::RecordRegistry records;
  return server::compile(*loaded, records);
}

}  // namespace

ExchangeStage::ExchangeStage(const StageSettings& settings)
    : snapshot_(compiled(settings, backend_.port())), groups_(loop(), random_, 0) {
  groups_.follow(snapshot_->pools);
  const exchange::ListenerPlan& plan = *snapshot_->listeners[0].http;
  service_ = base::Ref(new exchange::HttpService{.loop = loop(),
                                                 .plan = {snapshot_, &plan},
                                                 .groups = groups_.groups(),
                                                 .random = random_,
                                                 .cells = {plan.records, 0},
                                                 .listener_cells = plan.listener->cells.of(0)});
}

ExchangeStage::~ExchangeStage() {
  connections_.for_each(
      [](http::H1Inbound& connection) { connection.close_now({.cause = base::Cause::draining}); });
  settle();
  service_ = {};
  groups_.follow({});
  settle();
}

BarePeer& ExchangeStage::connect() {
  Ends ends = connected_ends();
  auto connection = std::make_unique<http::H1Inbound>(
      loop(), static_cast<http::InboundOwner&>(*this), *net::Address::parse("127.0.0.1:1"));
  must(connection->open(std::move(ends.ours)));
  connections_.add(std::move(connection));
  ++client_count_;
  return add_peer(std::move(ends.theirs));
}

BarePeer& ExchangeStage::accept() {
  net::Fd fd;
  must(comes_true([&] {
    if (!fd) fd = backend_.accept();
    return static_cast<bool>(fd);
  }));
  return add_peer(std::move(fd));
}

BarePeer& ExchangeStage::forward(BarePeer& client, std::string_view request) {
  send(client, request);
  BarePeer& backend = accept();
  must(comes_true([&] { return !backend.received().empty(); }));
  settle();
  return backend;
}

std::unique_ptr<http::StreamHandler> ExchangeStage::make_handler(
    http::InboundStream& stream) noexcept {
  return std::make_unique<exchange::Exchange>(*service_, stream);
}

void ExchangeStage::on_inbound_closed(http::H1Inbound& connection) noexcept {
  loop().defer(connections_.take(connection));
  --client_count_;
}

}  // namespace poise::test
