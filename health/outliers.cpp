#include "health/outliers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "health/evidence.h"
#include "health/latency_rank.h"

namespace poise::health {

using base::Duration;
using base::MonotonicTime;

namespace {

// A backend that counts little may get no request at all while there are few.
constexpr int kUntriedWindows = 3;

}  // namespace

std::string_view to_text(EjectReason reason) {
  constexpr std::array<std::string_view, kEjectReasons> kWords{"consecutive_failures",
                                                               "failure_percent", "latency"};
  return kWords[static_cast<std::size_t>(reason)];
}

std::uint32_t Outliers::failure_limit(std::size_t backend) const {
  if (!config_.enabled) return 0;
  const Member& member = members_[backend];
  const bool first_one = member.ejection.is_on_probation() && member.reason != EjectReason::latency;
  return first_one ? 1 : config_.consecutive_failures;
}

bool Outliers::is_waiting(MonotonicTime now) const {
  return std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
    return now < member.spared_until || member.ejection.state() != Ejection::State::in_service;
  });
}

std::vector<Decision> Outliers::judge(std::span<const Standing> standings, MonotonicTime now) {
  std::vector<Decision> decisions;
  if (!config_.enabled) return decisions;
  end_what_is_over(standings, now, decisions);
  judge_failures(standings, now, decisions);
  if (config_.latency_factor > 0) judge_latency(standings, now, decisions);
  return decisions;
}

void Outliers::end_what_is_over(std::span<const Standing> standings, MonotonicTime now,
                                std::vector<Decision>& decisions) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    Member& member = members_[i];
    if (member.ejection.is_over(now)) {
      member.passed_before = standings[i].passed;
      decisions.push_back(
          release(i, "after " + text_of(now - member.ejection.since()) + " out of service", now));
      continue;
    }
    if (!member.ejection.is_on_probation()) continue;
    const std::uint32_t served = standings[i].passed - member.passed_before;
    const Duration tried = now - member.ejection.since();
    if (tried < config_.window * (served > 0 ? 1 : kUntriedWindows)) continue;
    member.ejection.trust();
    std::string evidence = served > 0 ? std::to_string(served) + " good answers" : "no failure";
    evidence += " in " + text_of(tried);
    decisions.push_back({i, Decision::Kind::trusted, member.reason, std::move(evidence), {}});
  }
}

Decision Outliers::release(std::size_t backend, std::string evidence, MonotonicTime now) {
  Member& member = members_[backend];
  member.ejection.release(now);
  return {backend, Decision::Kind::probation, member.reason, std::move(evidence), {}};
}

std::optional<Decision> Outliers::on_good_probe(std::size_t backend, MonotonicTime started,
                                                MonotonicTime now) {
  const Member& member = members_[backend];
  const Ejection& ejection = member.ejection;
  if (!ejection.is_ejected() || ejection.times() > 1 || started < ejection.since()) return {};
  if (member.reason == EjectReason::latency) return {};
  return release(backend, "a probe passed after " + text_of(now - ejection.since()), now);
}

std::optional<Outliers::Case> Outliers::case_against(std::size_t backend,
                                                     const Standing& standing) const {
  const std::uint32_t limit = failure_limit(backend);
  if (limit > 0 && standing.failures_in_a_row >= limit) {
    const std::string count = std::to_string(standing.failures_in_a_row);
    const bool once = members_[backend].ejection.is_on_probation() && limit == 1;
    return Case{EjectReason::consecutive_failures,
                once ? "failed on probation"
                     : count + " failures in a row (" + std::to_string(limit) + " are too many)"};
  }
  if (config_.failure_percent <= 0 || standing.window == nullptr) return {};
  const TrafficCounts& counts = *standing.window;
  if (counts.judged() == 0 || counts.judged() < config_.min_requests) return {};
  const double share = static_cast<double>(counts.failed) / counts.judged();
  if (share < config_.failure_percent) return {};
  return Case{EjectReason::failure_percent,
              percent_text(share) + " of " + std::to_string(counts.judged()) +
                  " requests failed in " + text_of(standing.span) + " (" +
                  percent_text(config_.failure_percent) + " are too many)"};
}

void Outliers::judge_failures(std::span<const Standing> standings, MonotonicTime now,
                              std::vector<Decision>& decisions) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (!is_fit(i, standings[i])) continue;
    auto found = case_against(i, standings[i]);
    if (found) act_on(i, std::move(*found), standings, now, decisions);
  }
}

// The slowest only: who is slow beside it may be so for want of it.
void Outliers::judge_latency(std::span<const Standing> standings, MonotonicTime now,
                             std::vector<Decision>& decisions) {
  LatencyRank rank;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const Standing& standing = standings[i];
    if (!is_fit(i, standing) || standing.window == nullptr) continue;
    const std::uint32_t waited = standing.window->waited();
    if (waited > 0 && waited >= config_.min_requests) rank.add(i, standing.window->median_wait());
  }
  const auto slowest = rank.slowest(config_.latency_factor);
  if (!slowest) return;
  const Standing& standing = standings[slowest->backend];
  act_on(slowest->backend,
         {EjectReason::latency,
          "median wait " + text_of(slowest->median) + " is " + times_text(slowest->factor) +
              " the " + text_of(slowest->reference) + " of the others (" +
              std::to_string(standing.window->waited()) + " requests in " + text_of(standing.span) +
              "; " + times_text(config_.latency_factor) + " are too many)"},
         standings, now, decisions);
}

void Outliers::act_on(std::size_t backend, Case found, std::span<const Standing> standings,
                      MonotonicTime now, std::vector<Decision>& decisions) {
  Member& member = members_[backend];
  const std::string spare = reason_to_spare(backend, standings);
  if (!spare.empty()) {
    const bool said = now < std::exchange(member.spared_until, now + config_.eject);
    if (said) return;
    decisions.push_back(
        {backend, Decision::Kind::spared, found.reason, found.evidence + "; " + spare, {}});
    return;
  }
  member.spared_until = {};
  member.reason = found.reason;
  const Duration length = member.ejection.eject(config_, now);
  decisions.push_back(
      {backend, Decision::Kind::ejected, found.reason, std::move(found.evidence), length});
}

std::string Outliers::reason_to_spare(std::size_t backend,
                                      std::span<const Standing> standings) const {
  std::size_t ejected = 0;
  bool others_fit = false;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].ejection.is_ejected()) ++ejected;
    if (i != backend && is_fit(i, standings[i])) others_fit = true;
  }
  if (!others_fit) return "it is the last fit one";
  const auto share =
      static_cast<std::size_t>(config_.max_ejected * static_cast<double>(members_.size()));
  const std::size_t most = config_.max_ejected > 0 ? std::max<std::size_t>(share, 1) : 0;
  if (ejected < most) return {};
  return std::to_string(ejected) + " of " + std::to_string(members_.size()) +
         " are ejected already";
}

}  // namespace poise::health
