// `poise reload`: takes up the configuration file again, for good or on trial, and says what
// changed or every fault with its place.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "proxy/commands/admin_options.h"
#include "proxy/commands/command_list.h"
#include "proxy/ops/reload_text.h"

namespace poise::commands {
namespace {

// A large configuration takes its time.
constexpr double kPatienceSeconds = 60;

struct Options {
  AdminOptions admin;
  std::string trial;
  bool confirms = false;
};

int confirm(const Options& options, const ops::AdminTarget& target) {
  const auto reply = ops::ask_ok(target, {.method = "POST", .target = "/api/v1/reload/confirm"},
                                 options.admin.timeout());
  if (!reply) return ops::report(reply.error());
  std::printf("confirmed\n");
  return 0;
}

int reload(const Options& options) {
  const auto target = target_of(options.admin);
  if (!target) return ops::kWrongUsage;
  if (options.confirms) return confirm(options, *target);
  const std::string query =
      options.trial.empty() ? "" : "?confirm=" + ops::url_escaped(options.trial);
  const auto reply = ops::ask(*target, {.method = "POST", .target = "/api/v1/reload" + query},
                              options.admin.timeout());
  if (!reply) return ops::report(reply.error());
  const int exit_code = ops::print_reload(*reply);
  if (exit_code == 0 && !options.trial.empty()) {
    std::printf("on trial: it goes back in %s unless you say: poise reload --confirm-now\n",
                options.trial.c_str());
  }
  return exit_code;
}

}  // namespace

void add_reload(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  options->admin.timeout_s = kPatienceSeconds;
  CLI::App* command = app.add_subcommand("reload", "take up the configuration file again");
  CLI::Option* trial = command->add_option(
      "--confirm", options->trial,
      "on trial for so long, such as 60s: goes back unless confirmed, or when routes fare worse");
  command->add_flag("--confirm-now", options->confirms, "what is on trial stays")->excludes(trial);
  add_admin_options(*command, options->admin);
  command->callback([options, &exit_code] { exit_code = reload(*options); });
}

}  // namespace poise::commands
