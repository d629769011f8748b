// `poise dashboards` and `poise alerts`: what to give to Grafana and Prometheus for a
// configuration.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "conf/load.h"
#include "conf/print.h"
#include "proxy/commands/command_list.h"
#include "proxy/kit/alert_rules.h"
#include "proxy/kit/grafana.h"

namespace poise::commands {
namespace {

using Render = std::string (*)(const conf::Config& config);

int print_of(const std::string& file, Render render) {
  const conf::Loaded loaded = conf::load_file(file);
  if (!loaded) {
    std::fputs(conf::render(loaded.error(), ::isatty(STDERR_FILENO) == 1).c_str(), stderr);
    return conf::exit_code_of(loaded.error());
  }
  std::fputs(render(*loaded).c_str(), stdout);
  return 0;
}

std::string render_alerts(const conf::Config& config) {
  return kit::render_rules(kit::alert_groups(config));
}

void add(CLI::App& app, int& exit_code, const char* name, const char* does, Render render) {
  const auto file = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand(name, does);
  command->add_option("-c,--config", *file, "configuration: a YAML file or a folder of them")
      ->required();
  command->callback([file, render, &exit_code] { exit_code = print_of(*file, render); });
}

}  // namespace

void add_dashboards(CLI::App& app, int& exit_code) {
  add(app, exit_code, "dashboards", "a Grafana dashboard for a configuration, as JSON",
      kit::render_grafana);
}

void add_alerts(CLI::App& app, int& exit_code) {
  add(app, exit_code, "alerts", "Prometheus alerting rules for a configuration, as YAML",
      render_alerts);
}

}  // namespace poise::commands
