// How much of the traffic each of several levels gets, the first preferred, when some of their
// backends are not fit. Pure.
//
//   health(l) = min(1, 1.4 * fit weight(l) / whole weight(l))
//   share(l)  = min(1 - shares of those before l, health(l) / total),
//               where total = min(1, sum of all health)
//
// So a level keeps everything until less than 1 / 1.4 = 71 % of it is fit, and passes on little by
// little what is too much for it: Envoy's priority levels with its overprovisioning factor.
#pragma once

#include <span>
#include <vector>

namespace poise::balancing {

struct Level {
  double fit_weight = 0;
  double weight = 0;
};

double health_of(const Level& level);

// By level; they sum up to 1, or are all 0 when nobody is fit.
std::vector<double> graded_shares(std::span<const Level> levels);

}  // namespace poise::balancing
