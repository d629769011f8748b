#include "proxy/admin/metrics_export_family.h"

#include <string>

namespace poise::admin {
namespace {

using base::Duration;
using base::Histogram;

// Exact for all bounds that are shown.
double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

bool is_round(Duration bound) {
  std::int64_t leading = bound.count();
  while (leading % 10 == 0) leading /= 10;
  return leading == 1 || leading == 2 || leading == 5;
}

std::vector<int> shown_bounds(Duration least, Duration most) {
  std::vector<int> buckets;
  for (int i = 0; i < Histogram::kBuckets; ++i) {
    const Duration bound = Histogram::upper_bound(i);
    if (least <= bound && bound <= most && is_round(bound)) buckets.push_back(i);
  }
  return buckets;
}

const std::vector<int>& bounds_of(Scale scale) {
  using namespace std::chrono_literals;
  static const std::vector<int> requests = shown_bounds(100us, 100s);
  static const std::vector<int> own = shown_bounds(10us, 1s);
  return scale == Scale::own ? own : requests;
}

}  // namespace

Family::Family(const char* name, const char* help, prometheus::MetricType type)
    : family_{name, help, type, {}} {}

Family Family::counter(const char* name, const char* help) {
  return {name, help, prometheus::MetricType::Counter};
}

Family Family::gauge(const char* name, const char* help) {
  return {name, help, prometheus::MetricType::Gauge};
}

Family Family::histogram(const char* name, const char* help, Scale scale) {
  Family family(name, help, prometheus::MetricType::Histogram);
  family.scale_ = scale;
  return family;
}

prometheus::ClientMetric& Family::add_series(Labels labels) {
  prometheus::ClientMetric& series = family_.metric.emplace_back();
  series.label.reserve(labels.size());
  for (const auto& [name, value] : labels) series.label.push_back({name, std::string(value)});
  return series;
}

void Family::add(Labels labels, double value) {
  prometheus::ClientMetric& series = add_series(labels);
  if (family_.type == prometheus::MetricType::Counter) {
    series.counter.value = value;
  } else {
    series.gauge.value = value;
  }
}

void Family::add(Labels labels, const base::HistogramSum& sum) {
  auto& histogram = add_series(labels).histogram;
  histogram.sample_count = sum.count();
  histogram.sample_sum = seconds(sum.sum);
  std::uint64_t below = 0;
  int next = 0;
  for (const int shown : bounds_of(scale_)) {
    while (next <= shown) below += sum.counts[static_cast<std::size_t>(next++)];
    histogram.bucket.push_back({below, seconds(Histogram::upper_bound(shown))});
  }
}

void Family::move_to(Families& families) {
  if (!family_.metric.empty()) families.push_back(std::move(family_));
}

}  // namespace poise::admin
