// One session's place at one backend, counted from the pick until it is let go of: in the
// selector's load, in the metric cells and in the number of connections all workers together may
// have. A value that releases itself. It holds no connection.
#pragma once

#include "proxy/base/error.h"
#include "proxy/pool/backend_group.h"

namespace poise::l4 {

class BackendSlot {
 public:
  BackendSlot() = default;
  BackendSlot(BackendSlot&& other) noexcept;
  BackendSlot& operator=(BackendSlot&& other) noexcept;
  ~BackendSlot();

  // Not held when the backend has as many connections as it may have.
  static BackendSlot take(pool::BackendGroup& group, balancing::BackendIndex backend,
                          base::MonotonicTime now);

  // The connection is open: strategies judge a backend by the time this took.
  void connected(base::MonotonicTime now) { connected_ = now; }

  // The backend sent something.
  void answered() { answered_ = true; }

  // `error` says how it ended. A backend is blamed for its own faults only.
  void release(const base::Error& error, base::MonotonicTime now);

  bool is_held() const { return group_ != nullptr; }
  bool is_at(const pool::BackendRecord& backend) const {
    return is_held() && &group_->record(backend_) == &backend;
  }
  balancing::BackendIndex backend() const { return backend_; }
  base::MonotonicTime picked() const { return picked_; }

 private:
  void count(const base::Error& error, base::MonotonicTime now);
  void tell_health(const base::Error& error);

  pool::BackendGroup* group_ = nullptr;
  balancing::BackendIndex backend_ = 0;
  base::MonotonicTime picked_{};
  base::MonotonicTime connected_{};
  bool answered_ = false;
};

}  // namespace poise::l4
