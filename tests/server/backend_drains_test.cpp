#include "proxy/server/backend_drains.h"

#include <catch2/catch.hpp>

#include "tests/net/turned_loop.h"

using namespace poise;
using namespace poise::server;
using namespace std::chrono_literals;

namespace {

class Scene final : private BackendDrains::Events {
 public:
  DrainedBackend backend() const { return {"app", "b1", pool, record}; }
  void begin(std::optional<base::Duration> limit) {
    drains.begin(backend(), limit, base::WallTime{});
  }
  balancing::BackendStatus status() const { return record->status.load(); }
  pool::BackendCells& cells() const { return record->cells.of(0); }

  test::TurnedLoop turned;
  std::shared_ptr<pool::PoolRecord> pool = std::make_shared<pool::PoolRecord>();
  std::shared_ptr<pool::BackendRecord> record =
      std::make_shared<pool::BackendRecord>("b1", *net::Address::parse("127.0.0.1:1"));
  std::vector<std::string> news;
  std::size_t ended = 0;  // what the workers report
  BackendDrains drains{turned.loop(), static_cast<BackendDrains::Events&>(*this)};

 private:
  void on_drain(const DrainNews& told) noexcept override {
    news.push_back(std::string(to_text(told.turn)) + " " + std::to_string(told.left.streams) + "/" +
                   std::to_string(told.left.sessions));
  }
  void end_all_to(const std::shared_ptr<pool::BackendRecord>& of,
                  std::function<void(std::size_t)> done) override {
    CHECK(of == record);
    CHECK((status() & balancing::kDrained) != 0);
    cells().in_flight.subtract(ended);
    done(ended);
  }
};

using News = std::vector<std::string>;

}  // namespace

TEST_CASE("a drain keeps what is new away, and says when nothing is left") {
  Scene scene;
  scene.record->status.store(balancing::kProbation);
  scene.cells().in_flight.add(2);
  scene.begin(std::nullopt);
  CHECK(scene.status() == (balancing::kProbation | balancing::kDraining));
  CHECK(scene.pool->status_version.load() == 1);
  scene.turned.pass_time(24h);
  CHECK(scene.drains.state_of(*scene.record)->left == TrafficLeft{2, 0});
  scene.cells().in_flight.subtract(2);
  scene.turned.pass_time(1s);
  scene.turned.pass_time(1s);
  CHECK(scene.news == News{"began 2/0", "ended 0/0"});
  CHECK(scene.drains.end(*scene.record));
  CHECK(scene.status() == balancing::kProbation);
  CHECK_FALSE(scene.drains.end(*scene.record));
  CHECK(scene.news.back() == "cancelled 0/0");
  CHECK_FALSE(scene.drains.state_of(*scene.record).has_value());
}

TEST_CASE("sessions seen lately are left, too") {
  Scene scene;
  scene.record->sightings.of(1).saw(42, scene.turned.loop().read_now());
  scene.begin(std::nullopt);
  scene.turned.pass_time(1min);
  CHECK(scene.news == News{"began 0/1"});
  scene.turned.pass_time(10min);
  CHECK(scene.news == News{"began 0/1", "ended 0/0"});
}

TEST_CASE("at its deadline what is left ends, once, and sessions go elsewhere") {
  Scene scene;
  scene.cells().in_flight.add(3);
  scene.ended = 3;
  scene.begin(30s);
  scene.turned.pass_time(29s);
  CHECK(scene.status() == balancing::kDraining);
  CHECK_FALSE(scene.drains.state_of(*scene.record)->is_over);
  scene.turned.pass_time(2s);
  CHECK(scene.status() == (balancing::kDraining | balancing::kDrained));
  CHECK(scene.drains.state_of(*scene.record)->is_over);
  scene.turned.pass_time(1min);
  CHECK(scene.news == News{"began 3/0", "deadline 3/0"});
  CHECK(scene.drains.end(*scene.record));
  CHECK(scene.status() == 0);
}

TEST_CASE("a drain that is ordered again has the new deadline") {
  Scene scene;
  scene.cells().in_flight.add(1);
  scene.begin(10s);
  scene.begin(60s);
  scene.turned.pass_time(30s);
  CHECK(scene.status() == balancing::kDraining);
  scene.begin(std::nullopt);
  scene.turned.pass_time(60min);
  CHECK(scene.status() == balancing::kDraining);
  CHECK(scene.news == News{"began 1/0", "began 1/0", "began 1/0"});
}

TEST_CASE("a drain ends with its backend") {
  Scene scene;
  scene.cells().in_flight.add(1);
  scene.begin(10s);
  auto plan = std::make_shared<pool::PoolPlan>();
  plan->backend_records.push_back(scene.record);
  scene.drains.keep_only({plan});
  CHECK_FALSE(scene.drains.empty());
  plan->backend_records.clear();
  scene.drains.keep_only({plan});
  CHECK(scene.drains.empty());
  CHECK(scene.status() == 0);
}
