// Health's view of a backend's record: stores its fitness where workers pull it from, and sums what
// they counted. On the control thread.
#pragma once

#include <memory>

#include "health/subject.h"
#include "proxy/net/loop.h"
#include "proxy/pool/backend_record.h"

namespace poise::server {

class BackendSubject final : public health::Subject {
 public:
  // Keeps both records; `loop`, which tells the time, outlives it.
  BackendSubject(net::Loop& loop, std::shared_ptr<pool::PoolRecord> pool,
                 std::shared_ptr<pool::BackendRecord> backend);

  void set_fitness(health::Fitness fitness) override;
  bool is_draining() const override;
  void set_failure_limit(std::uint32_t limit) override;
  std::uint32_t failures_in_a_row() const override;
  void forget_failures() override;
  std::uint32_t passed() const override;
  health::TrafficCounts traffic() const override;
  health::HealthCells& cells() override { return backend_->health; }

 private:
  net::Loop& loop_;
  std::shared_ptr<pool::PoolRecord> pool_;
  std::shared_ptr<pool::BackendRecord> backend_;
};

}  // namespace poise::server
