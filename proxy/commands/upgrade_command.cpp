// `poise upgrade`: another executable in the place of a running poise.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "proxy/commands/admin_options.h"
#include "proxy/commands/command_list.h"
#include "proxy/ops/admin_client.h"

namespace poise::commands {
namespace {

// More than upgrade.timeout is by default: poise says itself when it gives up.
constexpr base::Duration kPatience = std::chrono::minutes(5);

int upgrade(const AdminOptions& options) {
  const auto target = target_of(options);
  if (!target) return ops::kWrongUsage;
  const auto reply =
      ops::ask_ok(*target, {.method = "POST", .target = "/api/v1/upgrade"}, kPatience);
  if (!reply) return ops::report(reply.error());
  const nlohmann::json json = reply->json();
  std::printf("process %d is in charge\n", json.is_object() ? json.value("pid", 0) : 0);
  return 0;
}

}  // namespace

void add_upgrade(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<AdminOptions>();
  CLI::App* command = app.add_subcommand(
      "upgrade", "replace a running poise by the executable that is now at its path");
  add_admin_options(*command, *options);
  command->callback([options, &exit_code] { exit_code = upgrade(*options); });
}

}  // namespace poise::commands
