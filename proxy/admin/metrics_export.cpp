#include "proxy/admin/metrics_export.h"

#include <prometheus/collectable.h>
#include <prometheus/text_serializer.h>

#include "proxy/admin/metrics_export_parts.h"

namespace poise::admin {
namespace {

class Collected final : public prometheus::Collectable {
 public:
  Collected(const server::MetricsView& view, const std::string& version)
      : view_(view), version_(version) {}

  std::vector<prometheus::MetricFamily> Collect() const override {
    Families families;
    export_traffic(view_, families);
    export_tls(view_, families);
    export_pools(view_, families);
    export_process(view_, version_, families);
    return families;
  }

 private:
  const server::MetricsView& view_;
  const std::string& version_;
};

}  // namespace

std::string metrics_text(const server::MetricsView& view, const std::string& version) {
  return prometheus::TextSerializer().Serialize(Collected(view, version).Collect());
}

}  // namespace poise::admin
