// One family of the Prometheus exposition under construction: its name, its help and its series.
// Part of metrics_export; belongs to whoever makes it.
#pragma once

#include <prometheus/metric_family.h>

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/base/histogram_sum.h"

namespace poise::admin {

using Labels = std::initializer_list<std::pair<const char*, std::string_view>>;
using Families = std::vector<prometheus::MetricFamily>;

// Which of a histogram's bounds are shown: 1, 2 and 5 of each decade of these.
enum class Scale : std::uint8_t {
  requests,  // 100 us to 100 s
  own,       // 10 us to 1 s: what poise takes itself
};

class Family {
 public:
  static Family counter(const char* name, const char* help);
  static Family gauge(const char* name, const char* help);
  static Family histogram(const char* name, const char* help, Scale scale);

  void add(Labels labels, double value);
  void add(Labels labels, std::uint64_t value) { add(labels, static_cast<double>(value)); }
  void add(Labels labels, bool value) { add(labels, value ? 1.0 : 0.0); }
  void add(Labels labels, const base::HistogramSum& sum);

  // Leaves it out when it has no series.
  void move_to(Families& families);

 private:
  Family(const char* name, const char* help, prometheus::MetricType type);
  prometheus::ClientMetric& add_series(Labels labels);

  prometheus::MetricFamily family_;
  Scale scale_ = Scale::requests;
};

}  // namespace poise::admin
