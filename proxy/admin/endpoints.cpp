#include "proxy/admin/endpoints.h"

#include "proxy/admin/backend_orders.h"
#include "proxy/admin/configuration.h"
#include "proxy/admin/dashboard.h"
#include "proxy/admin/failures.h"
#include "proxy/admin/liveness.h"
#include "proxy/admin/metrics.h"
#include "proxy/admin/pools.h"
#include "proxy/admin/reloads.h"
#include "proxy/admin/status.h"
#include "proxy/admin/succession.h"

namespace poise::admin {
namespace {

using Function = void (*)(Facilities&, const Request&, Reply);

struct Line {
  http::Method method;
  std::string_view path;
  Access access;
  Function function;
};

constexpr auto kGet = http::Method::get;
constexpr auto kPost = http::Method::post;

void stream_events(Facilities& facilities, const Request& request, Reply reply) {
  facilities.events.open(request, std::move(reply));
}

constexpr Line kList[] = {
    {kGet, "/", Access::open, tell_dashboard},
    {kGet, "/healthz", Access::open, tell_alive},
    {kGet, "/readyz", Access::open, tell_ready},
    {kGet, "/metrics", Access::open, tell_metrics},
    {kGet, "/api/v1/status", Access::reading, show_status},
    {kGet, "/api/v1/pools", Access::reading, show_pools},
    {kGet, "/api/v1/pools/{pool}", Access::reading, show_pool},
    {kGet, "/api/v1/config", Access::reading, show_config},
    {kGet, "/api/v1/explain", Access::reading, explain_request},
    {kPost, "/api/v1/log-level", Access::changing, set_log_level},
    {kGet, "/api/v1/events", Access::reading, stream_events},
    {kGet, "/api/v1/failures", Access::reading, tell_failures},
    {kPost, "/api/v1/plan", Access::changing, tell_plan},
    {kPost, "/api/v1/reload", Access::changing, order_reload},
    {kPost, "/api/v1/reload/confirm", Access::changing, order_confirm},
    {kPost, "/api/v1/pools/{pool}/backends/{backend}/drain", Access::changing, order_drain},
    {kPost, "/api/v1/pools/{pool}/backends/{backend}/undrain", Access::changing, order_undrain},
    {kPost, "/api/v1/pools/{pool}/backends/{backend}/weight", Access::changing, order_weight},
    {kPost, "/api/v1/upgrade", Access::changing, upgrade},
};

}  // namespace

std::vector<Endpoint> endpoints(Facilities& facilities) {
  std::vector<Endpoint> list;
  for (const Line& line : kList) {
    const auto answer = [&facilities, function = line.function](const Request& request,
                                                                Reply reply) {
      function(facilities, request, std::move(reply));
    };
    list.push_back({line.method, line.path, line.access, answer});
  }
  return list;
}

}  // namespace poise::admin
