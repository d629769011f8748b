// `poise top`: a running poise, live in the terminal.
#include <CLI/CLI.hpp>

#include "proxy/commands/admin_options.h"
#include "proxy/commands/command_list.h"
#include "proxy/ops/top.h"

namespace poise::commands {
namespace {

int top(const AdminOptions& options) {
  const auto target = target_of(options);
  return target ? ops::run_top(*target) : ops::kWrongUsage;
}

}  // namespace

void add_top(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<AdminOptions>();
  CLI::App* command = app.add_subcommand(
      "top", "a running poise, live: rates, latencies, backends; one snapshot without a terminal");
  add_admin_options(*command, *options);
  command->callback([options, &exit_code] { exit_code = top(*options); });
}

}  // namespace poise::commands
