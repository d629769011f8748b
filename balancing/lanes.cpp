#include "balancing/lanes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "balancing/graded_shares.h"

namespace poise::balancing {
namespace {

using Statuses = std::span<const BackendStatus>;

template <class Visit>
void for_each(const BackendMask& mask, Visit visit) {
  for (auto i = mask.next(0); i < mask.size(); i = mask.next(i + 1)) visit(i);
}

// The lanes of one tier.
struct Tier {
  std::span<Lane> lanes;
  double health = 0;
};

std::vector<Tier> tiers_of(std::vector<Lane>& lanes) {
  std::vector<Tier> tiers;
  for (std::size_t first = 0, end = 0; first < lanes.size(); first = end) {
    while (end < lanes.size() && lanes[end].tier == lanes[first].tier) ++end;
    tiers.push_back({std::span(lanes).subspan(first, end - first)});
  }
  return tiers;
}

Level level_of(std::span<const Lane> lanes) {
  Level level;
  for (const Lane& lane : lanes) {
    level.fit_weight += lane.fit_weight;
    level.weight += lane.weight;
  }
  return level;
}

// Whether fewer than that share of those judged are healthy.
bool is_short(const Tier& tier, Statuses status, double least) {
  double judged = 0;
  double healthy = 0;
  for (const Lane& lane : tier.lanes) {
    for_each(lane.members, [&](BackendIndex i) {
      judged += (status[i] & kUnknown) == 0 ? 1 : 0;
      healthy += is_healthy(status[i]) ? 1 : 0;
    });
  }
  return healthy < least * judged;
}

void decide_panic(std::vector<Tier>& tiers, Statuses status, double least) {
  double all_health = 0;
  for (Tier& tier : tiers) all_health += tier.health = health_of(level_of(tier.lanes));
  for (Tier& tier : tiers) {
    const bool others_suffice = all_health - tier.health >= 1;
    const bool panics = !others_suffice && is_short(tier, status, least);
    for (Lane& lane : tier.lanes) lane.panics = panics;
  }
}

// What the tier gets, parted among its own zone's lane and the others'.
void part_share(const Tier& tier, double share) {
  std::vector<Level> levels;
  double allowed = 0;
  for (const Lane& lane : tier.lanes) {
    levels.push_back({lane.fit_weight, lane.weight});
    allowed += lane.allowed_weight;
  }
  const std::vector<double> parts = graded_shares(levels);
  for (std::size_t i = 0; i < tier.lanes.size(); ++i) {
    Lane& lane = tier.lanes[i];
    const double by_weight = allowed > 0 ? lane.allowed_weight / allowed : 0;
    lane.share = share * (lane.panics ? by_weight : parts[i]);
  }
}

void share_out(const std::vector<Tier>& tiers) {
  std::vector<Level> levels;
  for (const Tier& tier : tiers) levels.push_back(level_of(tier.lanes));
  std::vector<double> shares = graded_shares(levels);
  const bool nobody_fit =
      std::all_of(shares.begin(), shares.end(), [](double share) { return share == 0; });
  const auto panicking = std::find_if(tiers.begin(), tiers.end(),
                                      [](const Tier& tier) { return tier.lanes[0].panics; });
  if (nobody_fit && panicking != tiers.end()) shares[std::size_t(panicking - tiers.begin())] = 1;
  for (std::size_t i = 0; i < tiers.size(); ++i) part_share(tiers[i], shares[i]);
}

}  // namespace

Lanes::Lanes(const BackendSet& backends, const std::string& zone, double panic)
    : lane_of_(backends.size()), panic_(panic) {
  for (BackendIndex i = 0; i < backends.size(); ++i) weights_.push_back(backends.weight(i));
  part(backends, zone);
  update(std::vector<BackendStatus>(backends.size()));
}

void Lanes::part(const BackendSet& backends, const std::string& zone) {
  const auto place_of = [&](BackendIndex i) {
    const bool is_remote = !zone.empty() && backends.zone(i) != zone;
    return std::pair(backends.tier(i), is_remote);
  };
  std::map<std::pair<std::uint32_t, bool>, std::size_t> numbers;
  for (BackendIndex i = 0; i < backends.size(); ++i) numbers[place_of(i)];
  for (auto& [place, number] : numbers) {
    number = lanes_.size();
    lanes_.push_back({.tier = place.first,
                      .is_local = !place.second,
                      .members = BackendMask(backends.size()),
                      .allowed = BackendMask(backends.size())});
  }
  for (BackendIndex i = 0; i < backends.size(); ++i) {
    lane_of_[i] = numbers[place_of(i)];
    Lane& lane = lanes_[lane_of_[i]];
    if (weights_[i] > 0) lane.members.set(i);
    lane.weight += weights_[i];
  }
}

void Lanes::update(Statuses status) {
  for (Lane& lane : lanes_) judge(lane, status);
  std::vector<Tier> tiers = tiers_of(lanes_);
  decide_panic(tiers, status, panic_);
  for (Lane& lane : lanes_) allow(lane, status);
  share_out(tiers);
  sole_ = lanes_.size();
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].share > 1 - 1e-9) sole_ = i;
  }
}

void Lanes::judge(Lane& lane, Statuses status) const {
  lane.fit_weight = 0;
  for_each(lane.members, [&](BackendIndex i) {
    if (is_fit(status[i])) lane.fit_weight += weights_[i];
  });
}

void Lanes::allow(Lane& lane, Statuses status) const {
  const BackendStatus never =
      lane.panics ? kDraining | kUnknown : kDown | kEjected | kDraining | kUnknown;
  lane.allowed.clear_all();
  lane.allowed_weight = 0;
  for_each(lane.members, [&](BackendIndex i) {
    if ((status[i] & never) != 0) return;
    lane.allowed.set(i);
    lane.allowed_weight += weights_[i];
  });
}

std::size_t Lanes::choose(std::uint64_t coin) const {
  if (sole_ < lanes_.size()) return sole_;
  double rest = static_cast<double>(coin >> 11) * 0x1p-53;
  std::size_t chosen = lanes_.size();
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].share <= 0) continue;
    chosen = i;
    rest -= lanes_[i].share;
    if (rest < 0) break;
  }
  return chosen;
}

bool Lanes::is_panicking() const {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return lane.panics; });
}

}  // namespace poise::balancing
