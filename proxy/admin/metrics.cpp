#include "proxy/admin/metrics.h"

#include "proxy/admin/metrics_export.h"
#include "proxy/net/background.h"

namespace poise::admin {

// Off the loop: probes and reloads are not to wait for a scrape of a large configuration.
void tell_metrics(Facilities& facilities, const Request&, Reply reply) {
  const auto text = std::make_shared<std::string>();
  const auto work = [text, view = facilities.server.metrics_view(), &version = facilities.version] {
    *text = metrics_text(view, version);
  };
  const auto done = [text, reply = std::move(reply)] {
    reply.send({.type = kMetricsContentType, .body = std::move(*text)});
  };
  net::run_in_background(facilities.server.loop(), work, done);
}

}  // namespace poise::admin
