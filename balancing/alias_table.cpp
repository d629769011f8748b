#include "balancing/alias_table.h"

#include <algorithm>

namespace poise::balancing {
namespace {

// Uniform in [0, bound); as long as the sum of weights, which may not fit 32 bits.
std::uint64_t below(base::Random& random, std::uint64_t bound) { return random() % bound; }

}  // namespace

// Every column is as high as the average weight: filled by its own backend, and topped up by one
// other that has more than the average.
AliasTable::AliasTable(const BackendSet& backends) : columns_(backends.size()) {
  constexpr std::uint64_t kWhole = std::uint64_t{1} << 32;
  std::vector<std::uint64_t> left;  // a backend's weight times the number of columns
  std::vector<BackendIndex> poor;
  std::vector<BackendIndex> rich;
  const std::uint64_t height = std::max<std::uint64_t>(backends.total_weight(), 1);
  for (BackendIndex i = 0; i < backends.size(); ++i) {
    weights_.push_back(backends.weight(i));
    left.push_back(std::uint64_t{backends.weight(i)} * backends.size());
    columns_[i] = {static_cast<std::uint32_t>(kWhole - 1), i};
    (left[i] < height ? poor : rich).push_back(i);
  }
  while (!poor.empty() && !rich.empty()) {
    const BackendIndex filled = poor.back();
    const BackendIndex giver = rich.back();
    poor.pop_back();
    const double share = static_cast<double>(left[filled]) / static_cast<double>(height);
    columns_[filled] = {static_cast<std::uint32_t>(share * static_cast<double>(kWhole)), giver};
    left[giver] -= height - left[filled];
    if (left[giver] >= height) continue;
    rich.pop_back();
    poor.push_back(giver);
  }
}

std::optional<BackendIndex> AliasTable::draw_usable(const BackendMask& usable,
                                                    base::Random& random) const {
  for (int i = 0; i < kTries && !columns_.empty(); ++i) {
    const BackendIndex drawn = draw(random);
    if (usable.test(drawn)) return drawn;
  }
  std::uint64_t total = 0;
  for (auto i = usable.next(0); i < usable.size(); i = usable.next(i + 1)) total += weights_[i];
  if (total == 0) return std::nullopt;
  std::uint64_t rest = below(random, total);
  auto drawn = usable.next(0);
  while (rest >= weights_[drawn]) {
    rest -= weights_[drawn];
    drawn = usable.next(drawn + 1);
  }
  return drawn;
}

}  // namespace poise::balancing
