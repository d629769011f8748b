#include "proxy/admin/metrics.h"

#include <utility>

#include "proxy/admin/metrics_export.h"
#include "proxy/net/background.h"

namespace poise::admin {
namespace {

// Off the loop: probes and reloads are not to wait for a scrape of a large configuration. The job
// may outlive the facilities, and touches nothing of them then.
void scrape(Facilities& facilities) {
  facilities.scrapes->is_under_way = true;
  const auto asked =
      std::make_shared<std::vector<Reply>>(std::exchange(facilities.scrapes->waiting, {}));
  const auto text = std::make_shared<std::string>();
  const auto work = [text, view = facilities.server.metrics_view(), version = facilities.version] {
    *text = metrics_text(view, version);
  };
  const auto done = [text, asked, &facilities, alive = std::weak_ptr(facilities.scrapes)] {
    for (const Reply& reply : *asked) reply.send({.type = kMetricsContentType, .body = *text});
    const auto scrapes = alive.lock();
    if (scrapes == nullptr) return;
    scrapes->is_under_way = false;
    if (!scrapes->waiting.empty()) scrape(facilities);
  };
  net::run_in_background(facilities.server.loop(), work, done);
}

}  // namespace

void tell_metrics(Facilities& facilities, const Request&, Reply reply) {
  facilities.scrapes->waiting.push_back(std::move(reply));
  if (!facilities.scrapes->is_under_way) scrape(facilities);
}

}  // namespace poise::admin
