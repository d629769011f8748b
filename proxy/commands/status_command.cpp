// `poise status`: what is wrong with a running poise, and how it fares.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "proxy/commands/admin_options.h"
#include "proxy/commands/command_list.h"
#include "proxy/ops/status_text.h"

namespace poise::commands {
namespace {

struct Options {
  AdminOptions admin;
  bool as_json = false;
};

int print_status(const Options& options) {
  const auto target = target_of(options.admin);
  if (!target) return ops::kWrongUsage;
  const auto status = ops::ask_ok(*target, {.target = "/api/v1/status"}, options.admin.timeout());
  if (!status) return ops::report(status.error());
  const auto pools = ops::ask_ok(*target, {.target = "/api/v1/pools"}, options.admin.timeout());
  if (!pools) return ops::report(pools.error());
  if (options.as_json) {
    nlohmann::json all = status->json();
    all["pools"] = pools->json()["pools"];
    std::printf("%s\n", all.dump(2).c_str());
    return 0;
  }
  const std::string text =
      ops::status_text(ops::read_status(status->json()), ops::read_pools(pools->json()));
  std::fputs(text.c_str(), stdout);
  return 0;
}

}  // namespace

void add_status(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("status", "how a running poise fares, what is wrong with it first");
  add_admin_options(*command, options->admin);
  command->add_flag("--json", options->as_json, "print one JSON object");
  command->callback([options, &exit_code] { exit_code = print_status(*options); });
}

}  // namespace poise::commands
