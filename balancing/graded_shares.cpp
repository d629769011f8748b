#include "balancing/graded_shares.h"

#include <algorithm>

namespace poise::balancing {
namespace {

constexpr double kOverprovisioning = 1.4;

}  // namespace

double health_of(const Level& level) {
  if (level.weight <= 0) return 0;
  return std::min(1.0, kOverprovisioning * level.fit_weight / level.weight);
}

std::vector<double> graded_shares(std::span<const Level> levels) {
  std::vector<double> shares;
  double total = 0;
  for (const Level& level : levels) total += health_of(level);
  total = std::min(1.0, total);
  double left = 1;
  for (const Level& level : levels) {
    const double share = total > 0 ? std::min(left, health_of(level) / total) : 0;
    shares.push_back(share);
    left -= share;
  }
  return shares;
}

}  // namespace poise::balancing
