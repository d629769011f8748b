#include "proxy/admin/metrics_export_parts.h"

namespace poise::admin {
namespace {

using server::BackendSums;

struct PoolFamilies {
  Family retries = Family::counter("poise_retries_total", "Tries after the first one, by pool.");
  Family exhausted = Family::counter("poise_retry_budget_exhausted_total",
                                     "Retries that were due but not made: the budget was empty.");
  Family queue_length = Family::gauge("poise_queue_length",
                                      "Requests that wait in line for a connection to a backend.");
  Family queue =
      Family::histogram("poise_queue_seconds",
                        "How long requests waited in line, however that ended.", Scale::requests);
  Family panic =
      Family::gauge("poise_panic", "1 while so few backends are healthy that health is ignored.");

  void add(const pool::PoolPlan& plan) {
    const std::string& name = plan.config.name;
    const server::PoolSums sums = server::sums_of(*plan.record);
    retries.add({{"pool", name}}, sums.retries);
    exhausted.add({{"pool", name}}, sums.retry_budget_exhausted);
    queue_length.add({{"pool", name}}, sums.queue_length);
    if (sums.queue.count() > 0) queue.add({{"pool", name}}, sums.queue);
    panic.add({{"pool", name}}, plan.record->panics.load(std::memory_order_relaxed));
  }
  void move_to(Families& families) {
    for (Family* family : {&retries, &exhausted, &queue_length, &queue, &panic}) {
      family->move_to(families);
    }
  }
};

// A backend's labels.
struct Place {
  std::string_view pool;
  std::string_view backend;
};

// One series for each of an array's cells that counted anything.
template <class Array, class Name>
void add_counted(Family& family, Place place, const char* label, const Array& counts, Name name) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    family.add({{"pool", place.pool}, {"backend", place.backend}, {label, name(i)}}, counts[i]);
  }
}

struct TrafficFamilies {
  Family requests = Family::counter("poise_backend_requests_total",
                                    "Answers of backends, by class of status code.");
  Family failures = Family::counter("poise_backend_failures_total",
                                    "Tries that a backend failed, retried ones too, by cause.");
  Family duration = Family::histogram(
      "poise_backend_duration_seconds",
      "From the choice of a backend to the last byte of its answer.", Scale::requests);
  Family wait = Family::histogram("poise_backend_wait_seconds",
                                  "From the choice of a backend to the first byte of its answer.",
                                  Scale::requests);

  void add(Place place, const BackendSums& sums) {
    for (std::size_t i = base::status_class(200); i < sums.requests.size(); ++i) {
      add_requests(place, i, sums.requests[i]);
    }
    if (sums.requests[0] != 0) add_requests(place, 0, sums.requests[0]);
    add_counted(failures, place, "cause", sums.failures,
                [](std::size_t i) { return base::to_text(static_cast<base::Cause>(i)); });
    const Labels labels{{"pool", place.pool}, {"backend", place.backend}};
    if (sums.duration.count() > 0) duration.add(labels, sums.duration);
    if (sums.wait.count() > 0) wait.add(labels, sums.wait);
  }
  void add_requests(Place place, std::size_t status_class, std::uint64_t count) {
    requests.add(
        {{"pool", place.pool}, {"backend", place.backend}, {"code", kClassNames[status_class]}},
        count);
  }
  void move_to(Families& families) {
    for (Family* family : {&requests, &failures, &duration, &wait}) family->move_to(families);
  }
};

struct StateFamilies {
  Family up = Family::gauge("poise_backend_up", "1 unless health says that it cannot serve.");
  Family in_flight =
      Family::gauge("poise_backend_in_flight", "Requests and TCP sessions under way.");
  Family connections =
      Family::gauge("poise_backend_connections", "Connections, those being opened too.");
  Family weight =
      Family::gauge("poise_backend_weight", "The weight in force; 0 takes nothing new.");
  Family draining =
      Family::gauge("poise_backend_draining", "1 while it finishes what it has and takes no more.");

  void add(Place place, const pool::BackendRecord& record, const BackendSums& sums,
           std::uint32_t weight_in_force) {
    const Labels labels{{"pool", place.pool}, {"backend", place.backend}};
    const auto status = record.status.load(std::memory_order_relaxed);
    const std::uint64_t open = record.shared.connections.load(std::memory_order_relaxed);
    up.add(labels, balancing::is_healthy(status));
    in_flight.add(labels, sums.in_flight);
    connections.add(labels, open);
    weight.add(labels, std::uint64_t{weight_in_force});
    draining.add(labels, (status & balancing::kDraining) != 0);
  }
  void move_to(Families& families) {
    for (Family* family : {&up, &in_flight, &connections, &weight, &draining}) {
      family->move_to(families);
    }
  }
};

template <std::size_t kCount>
std::array<std::uint64_t, kCount> read(const std::array<base::Cell, kCount>& cells) {
  std::array<std::uint64_t, kCount> counts{};
  server::add_cells(counts, cells);
  return counts;
}

struct HealthFamilies {
  Family checks = Family::counter("poise_backend_health_checks_total",
                                  "Probes of active health checks, by what they found.");
  Family transitions = Family::counter("poise_backend_transitions_total",
                                       "Changes of a backend's health, by what it became.");
  Family ejections = Family::counter("poise_backend_ejections_total",
                                     "Times a backend was ejected for its traffic, by reason.");

  void add(Place place, const health::HealthCells& cells) {
    add_counted(checks, place, "result", read(cells.checks),
                [](std::size_t i) { return health::to_text(static_cast<health::Finding>(i)); });
    add_counted(transitions, place, "to", read(cells.transitions),
                [](std::size_t i) { return health::to_text(static_cast<health::Turn>(i)); });
    add_counted(ejections, place, "reason", read(cells.ejections),
                [](std::size_t i) { return health::to_text(static_cast<health::EjectReason>(i)); });
  }
  void move_to(Families& families) {
    for (Family* family : {&checks, &transitions, &ejections}) family->move_to(families);
  }
};

}  // namespace

void export_pools(const server::MetricsView& view, Families& families) {
  PoolFamilies pools;
  TrafficFamilies traffic;
  StateFamilies states;
  HealthFamilies healths;
  for (const auto& plan : view.snapshot->pools) {
    pools.add(*plan);
    for (balancing::BackendIndex i = 0; i < plan->backend_records.size(); ++i) {
      const pool::BackendRecord& record = *plan->backend_records[i];
      const Place place{plan->config.name, record.name};
      const BackendSums sums = server::sums_of(record);
      traffic.add(place, sums);
      states.add(place, record, sums, plan->backends.weight(i));
      healths.add(place, record.health);
    }
  }
  pools.move_to(families);
  traffic.move_to(families);
  states.move_to(families);
  healths.move_to(families);
}

}  // namespace poise::admin
