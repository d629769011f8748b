#include "proxy/admin/dashboard.h"

#include "proxy/admin/dashboard_page.h"

namespace poise::admin {

void tell_dashboard(Facilities&, const Request&, Reply reply) {
  reply.send({.type = "text/html; charset=utf-8",
              .body = std::string(kDashboardPage),
              .fields = {{"Content-Security-Policy", std::string(kDashboardPolicy)},
                         {"Referrer-Policy", "no-referrer"}}});
}

}  // namespace poise::admin
