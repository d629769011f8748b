#include "balancing/backend_set.h"

#include <utility>

#include "proxy/base/check.h"

namespace poise::balancing {

BackendSet::BackendSet(std::vector<BackendInfo> backends)
    : backends_(std::move(backends)), weighted_(backends_.size()) {
  for (BackendIndex i = 0; i < backends_.size(); ++i) {
    POISE_CHECK(backends_[i].weight <= kMostWeight);
    total_weight_ += backends_[i].weight;
    if (backends_[i].weight > 0) weighted_.set(i);
  }
}

std::optional<BackendIndex> BackendSet::find(std::string_view name) const {
  for (BackendIndex i = 0; i < backends_.size(); ++i) {
    if (backends_[i].name == name) return i;
  }
  return std::nullopt;
}

}  // namespace poise::balancing
