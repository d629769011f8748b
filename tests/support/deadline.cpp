#include "tests/support/deadline.h"

#include <algorithm>
#include <cstdlib>

namespace poise::support {

double time_scale() {
  static const double scale = [] {
    const char* text = std::getenv("POISE_TEST_TIME_SCALE");
    const double value = text == nullptr ? 1.0 : std::strtod(text, nullptr);
    return value > 0 ? value : 1.0;
  }();
  return scale;
}

Milliseconds scaled(Milliseconds limit) {
  return std::chrono::duration_cast<Milliseconds>(limit * time_scale());
}

Milliseconds Deadline::left() const {
  const auto rest = end_ - std::chrono::steady_clock::now();
  return std::max(Milliseconds(0), std::chrono::ceil<Milliseconds>(rest));
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  is_open_ = true;
  changed_.notify_all();
}

bool Gate::wait(Deadline deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline.end(), [this] { return is_open_; });
}

}  // namespace poise::support
