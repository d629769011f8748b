#include "proxy/net/name_watch.h"

#include <string>
#include <utility>

#include "proxy/base/log.h"

namespace poise::net {

namespace {

constexpr std::size_t kMostListed = 8;

std::string list_of(const std::vector<Endpoint>& endpoints) {
  std::string list;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    if (i == kMostListed) return list + " and " + std::to_string(endpoints.size() - i) + " more";
    list += (i == 0 ? "" : ", ") + endpoints[i].address.text();
  }
  return list;
}

}  // namespace

NameWatch::NameWatch(Resolver& resolver, Question question, WatchPolicy policy, std::uint64_t seed,
                     std::function<void()> told)
    : resolver_(resolver),
      question_(std::move(question)),
      state_(policy),
      random_(seed),
      told_(std::move(told)),
      timer_(base::Timer::calling<NameWatch, &NameWatch::ask>(this)) {
  ask();
}

void NameWatch::ask() {
  lookup_ = resolver_.resolve(question_, [this](Resolution resolution) {
    resolver_.loop().defer(std::move(lookup_));
    on_resolution(std::move(resolution));
  });
}

void NameWatch::on_resolution(Resolution resolution) {
  const bool is_first = !state_.is_settled();
  base::Random& random = random_;
  const auto step = state_.on_resolution(std::move(resolution), resolver_.loop().now(), random);
  log(step.news);
  resolver_.loop().arm_in(timer_, step.ask_in);
  if (step.changed || is_first) told_();
}

void NameWatch::log(WatchState::News news) const {
  using base::Level;
  using News = WatchState::News;
  const std::string name = question_.text();
  const std::string list = list_of(state_.endpoints());
  switch (news) {
    case News::none:
      return;
    case News::resolved:
      return base::log(Level::info, "{} is at {}", name, list);
    case News::changed:
      return base::log(Level::info, "{} is now at {}", name, list);
    case News::recovered:
      return base::log(Level::info, "{} resolves now: it is at {}", name, list);
    case News::gone:
      return base::log(Level::warn, "{} is gone: {}", name, state_.trouble());
    case News::failed:
      if (list.empty()) {
        return base::log(Level::warn, "cannot resolve {}: {}; trying again", name,
                         state_.trouble());
      }
      return base::log(Level::warn, "cannot resolve {}: {}; staying with {}", name,
                       state_.trouble(), list);
  }
}

}  // namespace poise::net
