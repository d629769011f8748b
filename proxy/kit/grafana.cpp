#include "proxy/kit/grafana.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "proxy/kit/promql.h"

namespace poise::kit {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kWindow = "$__rate_interval";
constexpr int kColumns = 24;
constexpr int kPanelHeight = 8;

struct Query {
  std::string expression;
  std::string legend;
};

struct Panel {
  std::string title;
  std::string unit;  // of Grafana: s, reqps, short, bytes
  std::vector<Query> queries;
  bool is_stacked = false;
};

const Json kSource{{"type", "prometheus"}, {"uid", "${datasource}"}};

// Every instance the user chose.
std::string of(const std::string& more) {
  return "instance=~\"$instance\"" + (more.empty() ? "" : "," + more);
}

Json json_of(const Panel& panel) {
  Json targets = Json::array();
  char id = 'A';
  for (const Query& query : panel.queries) {
    targets.push_back({{"refId", std::string(1, id++)},
                       {"datasource", kSource},
                       {"expr", query.expression},
                       {"legendFormat", query.legend}});
  }
  Json custom{{"fillOpacity", panel.is_stacked ? 60 : 5}, {"showPoints", "never"}};
  if (panel.is_stacked) custom["stacking"] = {{"mode", "normal"}, {"group", "A"}};
  return {{"type", "timeseries"},
          {"title", panel.title},
          {"datasource", kSource},
          {"fieldConfig",
           {{"defaults", {{"unit", panel.unit}, {"min", 0}, {"custom", custom}}},
            {"overrides", Json::array()}}},
          {"options",
           {{"legend", {{"displayMode", "list"}, {"placement", "bottom"}}},
            {"tooltip", {{"mode", "multi"}, {"sort", "desc"}}}}},
          {"targets", targets}};
}

// Places panels from left to right, a row's title above them.
class Board {
 public:
  void add_row(const std::string& title, const std::vector<Panel>& panels) {
    place({{"type", "row"}, {"title", title}, {"collapsed", false}, {"panels", Json::array()}}, 0,
          kColumns, 1);
    y_ += 1;
    const int width = kColumns / static_cast<int>(std::min<std::size_t>(panels.size(), 4));
    int x = 0;
    for (const Panel& panel : panels) {
      if (x + width > kColumns) {
        x = 0;
        y_ += kPanelHeight;
      }
      place(json_of(panel), x, width, kPanelHeight);
      x += width;
    }
    y_ += kPanelHeight;
  }
  Json panels() const { return panels_; }

 private:
  void place(Json panel, int x, int width, int height) {
    panel["id"] = ++last_id_;
    panel["gridPos"] = {{"x", x}, {"y", y_}, {"w", width}, {"h", height}};
    panels_.push_back(std::move(panel));
  }

  Json panels_ = Json::array();
  int y_ = 0;
  int last_id_ = 0;
};

Query quantile_query(const char* q, const char* legend, const char* histogram,
                     const std::string& matchers) {
  return {quantile(q, histogram, matchers, "", kWindow), legend};
}

std::vector<Panel> listener_panels(const conf::ListenerConfig& listener) {
  const std::string here = of(matcher("listener", listener.name));
  const Panel connections{
      "Connections",
      "short",
      {{"sum(" + series("poise_connections", here) + ")", "open"},
       {"sum(" + rate("poise_connections_total", here, kWindow) + ")", "new a second"}}};
  const Panel bytes{
      "Bytes a second",
      "Bps",
      {{"sum by (direction) (" + rate("poise_bytes_total", here, kWindow) + ")", "{{direction}}"}}};
  if (listener.protocol != conf::Protocol::http) return {connections, bytes};
  return {{"Requests a second, by status",
           "reqps",
           {{"sum by (code) (" + rate("poise_requests_total", here, kWindow) + ")", "{{code}}"}},
           true},
          {"Failures a second, by cause",
           "reqps",
           {{"sum by (cause) (" + rate("poise_request_failures_total", here, kWindow) + ")",
             "{{cause}}"}},
           true},
          {"Latency",
           "s",
           {quantile_query("0.5", "p50", "poise_request_duration_seconds", here),
            quantile_query("0.9", "p90", "poise_request_duration_seconds", here),
            quantile_query("0.99", "p99", "poise_request_duration_seconds", here),
            quantile_query("0.99", "poise itself, p99", "poise_self_duration_seconds", here)}},
          connections,
          bytes};
}

std::vector<Panel> pool_panels(const pool::PoolConfig& pool) {
  const std::string here = of(matcher("pool", pool.name));
  const auto sum = [&](const char* metric) {
    return "sum by (backend) (" + rate(metric, here, kWindow) + ")";
  };
  const auto now = [&](const char* metric) {
    return "sum by (backend) (" + series(metric, here) + ")";
  };
  return {
      {"Backends that serve",
       "short",
       {{"sum(" + series("poise_backend_up", here) + ")", "up"},
        {"count(" + series("poise_backend_up", here) + ")", "all"},
        {"sum(" + series("poise_backend_draining", here) + ")", "draining"}}},
      {"Requests a second, by backend",
       "reqps",
       {{sum("poise_backend_requests_total"), "{{backend}}"}},
       true},
      {"Failures a second, by backend and cause",
       "reqps",
       {{"sum by (backend, cause) (" + rate("poise_backend_failures_total", here, kWindow) + ")",
         "{{backend}} {{cause}}"}},
       true},
      {"Time to the first byte, p99",
       "s",
       {{quantile("0.99", "poise_backend_wait_seconds", here, "backend", kWindow), "{{backend}}"}}},
      {"In flight", "short", {{now("poise_backend_in_flight"), "{{backend}}"}}, true},
      {"Connections", "short", {{now("poise_backend_connections"), "{{backend}}"}}, true},
      {"Queue and retries",
       "short",
       {{"sum(" + series("poise_queue_length", here) + ")", "in line"},
        {"sum(" + rate("poise_retries_total", here, kWindow) + ")", "retries a second"},
        {"sum(" + rate("poise_retry_budget_exhausted_total", here, kWindow) + ")",
         "budget empty, a second"}}},
      {"Changes of state",
       "short",
       {{"sum by (backend, to) (increase(" + series("poise_backend_transitions_total", here) + "[" +
             kWindow + "]))",
         "{{backend}} {{to}}"}}}};
}

std::vector<Panel> process_panels() {
  return {
      {"Loop lag by worker, p99",
       "s",
       {{quantile("0.99", "poise_worker_loop_lag_seconds", of(""), "instance, worker", kWindow),
         "{{instance}} {{worker}}"}}},
      {"Connections by worker",
       "short",
       {{series("poise_worker_connections", of("")), "{{instance}} {{worker}}"}}},
      {"Descriptors", "short", {{series("poise_open_fds", of("")), "{{instance}} descriptors"}}},
      {"Configuration",
       "short",
       {{series("poise_config_generation", of("")), "{{instance}} generation"},
        {series("poise_config_last_reload_successful", of("")), "{{instance}} accepted"}}}};
}

Json variables() {
  return Json::array({Json{{"name", "datasource"},
                           {"label", "Data source"},
                           {"type", "datasource"},
                           {"query", "prometheus"}},
                      Json{{"name", "instance"},
                           {"label", "Instance"},
                           {"type", "query"},
                           {"datasource", kSource},
                           {"query", "label_values(poise_build_info, instance)"},
                           {"refresh", 2},
                           {"multi", true},
                           {"includeAll", true},
                           {"allValue", ".*"},
                           {"current", {{"text", "All"}, {"value", "$__all"}}}}});
}

}  // namespace

std::string render_grafana(const conf::Config& config) {
  Board board;
  for (const auto& listener : config.listeners) {
    board.add_row("Listener " + listener.name, listener_panels(listener));
  }
  for (const auto& pool : config.pools) board.add_row("Pool " + pool.name, pool_panels(pool));
  board.add_row("Process", process_panels());
  const Json dashboard{{"uid", "poise"},
                       {"title", "poise"},
                       {"tags", {"poise"}},
                       {"schemaVersion", 38},
                       {"editable", true},
                       {"refresh", "10s"},
                       {"time", {{"from", "now-1h"}, {"to", "now"}}},
                       {"templating", {{"list", variables()}}},
                       {"panels", board.panels()}};
  return dashboard.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace poise::kit
