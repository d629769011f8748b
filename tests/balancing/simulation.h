// A day in the life of a pool in simulated time: requests come at random moments (Poisson, open
// loop: they do not wait for each other) to workers that each have a selector, and take as long as
// the backend's service time says, exponentially distributed. Seeded, so a run repeats exactly.
#pragma once

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <vector>

#include "balancing/selector.h"
#include "proxy/base/random.h"
#include "tests/balancing/backends.h"

namespace poise::balancing {

struct Scene {
  std::string strategy;
  std::vector<base::Duration> service;   // the mean of each backend
  std::vector<std::uint32_t> weights{};  // default: all 1
  double rate = 300;                     // requests a second
  std::size_t workers = 1;
  base::Duration length = std::chrono::seconds(120);
  base::Duration warm_up = std::chrono::seconds(5);  // not counted
  std::uint64_t seed = 1;
};

struct Course {
  std::vector<int> picks;              // of each backend
  std::vector<double> milliseconds;    // of each request, sorted
  std::vector<double> most_in_flight;  // of each backend

  double percentile(double share) const {
    return milliseconds[static_cast<std::size_t>(share * double(milliseconds.size() - 1))];
  }
  double share_of(std::size_t backend) const {
    double all = 0;
    for (const auto count : picks) all += count;
    return picks[backend] / all;
  }
};

class Simulation {
 public:
  explicit Simulation(const Scene& scene) : scene_(scene), random_(scene.seed) {
    if (scene_.weights.empty()) scene_.weights.assign(scene_.service.size(), 1);
    backends_ = set_of(scene_.weights);
    shared_ = std::vector<SharedLoad>(backends_.size());
    std::vector<SharedLoad*> loads;
    for (auto& load : shared_) loads.push_back(&load);
    const auto plan = plan_of(scene_.strategy, backends_);
    for (std::size_t i = 0; i < scene_.workers; ++i) {
      workers_.push_back(
          std::make_unique<Selector>(plan, backends_, random_(), SelectorConfig{}, loads));
    }
    course_.picks.resize(backends_.size());
    course_.most_in_flight.resize(backends_.size());
  }

  Course run() {
    const double mean_gap = 1e9 / scene_.rate;
    for (base::MonotonicTime now{}; now < base::MonotonicTime{} + scene_.length;
         now += exponential(base::Duration(static_cast<std::int64_t>(mean_gap)))) {
      finish_until(now);
      arrive(now);
    }
    finish_until(base::MonotonicTime::max());
    std::sort(course_.milliseconds.begin(), course_.milliseconds.end());
    return std::move(course_);
  }

 private:
  struct UnderWay {
    base::MonotonicTime end;
    base::MonotonicTime start;
    std::size_t worker;
    BackendIndex backend;
    bool operator<(const UnderWay& other) const { return end > other.end; }
  };

  base::Duration exponential(base::Duration mean) {
    const double unit = (static_cast<double>(random_() >> 11) + 0.5) * 0x1p-53;
    return base::Duration(static_cast<std::int64_t>(-std::log(unit) * double(mean.count())));
  }

  void arrive(base::MonotonicTime now) {
    const auto worker = random_.below(static_cast<std::uint32_t>(workers_.size()));
    const auto backend = workers_[worker]->pick({.key = random_(), .now = now}).value();
    workers_[worker]->started(backend);
    under_way_.push({now + exponential(scene_.service[backend]), now, worker, backend});
    if (now < base::MonotonicTime{} + scene_.warm_up) return;
    ++course_.picks[backend];
    course_.most_in_flight[backend] =
        std::max(course_.most_in_flight[backend], double(in_flight(backend)));
  }

  std::uint32_t in_flight(BackendIndex backend) const {
    std::uint32_t sum = 0;
    for (const auto& worker : workers_) sum += worker->in_flight(backend);
    return sum;
  }

  void finish_until(base::MonotonicTime now) {
    while (!under_way_.empty() && under_way_.top().end <= now) {
      const UnderWay done = under_way_.top();
      under_way_.pop();
      const auto latency = done.end - done.start;
      workers_[done.worker]->finished(done.backend, {Verdict::success, latency, done.end});
      if (done.start < base::MonotonicTime{} + scene_.warm_up) continue;
      course_.milliseconds.push_back(std::chrono::duration<double, std::milli>(latency).count());
    }
  }

  Scene scene_;
  base::Random random_;
  BackendSet backends_;
  std::vector<SharedLoad> shared_;
  std::vector<std::unique_ptr<Selector>> workers_;
  std::priority_queue<UnderWay> under_way_;
  Course course_;
};

inline Course simulate(const Scene& scene) { return Simulation(scene).run(); }

}  // namespace poise::balancing
