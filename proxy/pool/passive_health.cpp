#include "proxy/pool/passive_health.h"

namespace poise::pool {

using base::Cause;

bool is_failure_status(int status) { return status == 500 || (status >= 502 && status <= 504); }

bool speaks_against_backend(const base::Error& error) {
  return error.side == base::Side::backend && error.cause != Cause::none &&
         error.cause != Cause::queue_full && error.cause != Cause::queue_timeout;
}

// The usual case writes nothing that other workers read.
void note_passed(BackendGroup& group, balancing::BackendIndex backend) {
  group.cells(backend).passed.add();
  auto& failures = group.record(backend).consecutive_failures;
  if (failures.load(std::memory_order_relaxed) != 0) failures.store(0, std::memory_order_relaxed);
}

void note_failed(BackendGroup& group, balancing::BackendIndex backend) {
  group.cells(backend).failed.add();
  BackendRecord& record = group.record(backend);
  const auto count = record.consecutive_failures.fetch_add(1, std::memory_order_relaxed) + 1;
  if (count != record.failure_limit.load(std::memory_order_relaxed)) return;
  FailureAlarm* alarm = group.plan().record->alarm.load(std::memory_order_acquire);
  if (alarm != nullptr) alarm->on_failing(group.plan().config.name);
}

base::Error nobody_to_pick(const BackendGroup& group) {
  const balancing::BackendSet& backends = group.plan().backends;
  base::Error error{.cause = Cause::no_backend,
                    .phase = base::Phase::queue,
                    .side = base::Side::local,
                    .detail = "no backend takes requests"};
  if (backends.size() == 0) {
    error.cause = Cause::dns_failed;
    error.detail = "no backend's name resolves";
  } else if (backends.weighted().any()) {
    error.cause = Cause::all_unhealthy;
    error.detail = "no backend is fit";
  }
  return error;
}

}  // namespace poise::pool
