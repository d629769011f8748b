// `poise plan`: what a running poise would change, had it this file.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "proxy/commands/admin_options.h"
#include "proxy/commands/command_list.h"
#include "proxy/ops/reload_text.h"

namespace poise::commands {
namespace {

constexpr double kPatienceSeconds = 60;

struct Options {
  AdminOptions admin;
  std::string file;
};

int plan(const Options& options) {
  const auto target = target_of(options.admin);
  if (!target) return ops::kWrongUsage;
  std::error_code ignored;
  if (std::filesystem::is_directory(options.file, ignored)) {
    return ops::report({ops::kWrongUsage, "plan takes one file, not a folder"});
  }
  std::ifstream file(options.file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file.is_open() || file.bad()) {
    return ops::report({ops::kEnvironmentFault, options.file + ": " + std::strerror(errno)});
  }
  const auto reply = ops::ask(*target, {.method = "POST", .target = "/api/v1/plan", .body = text},
                              options.admin.timeout());
  if (!reply) return ops::report(reply.error());
  return ops::print_reload(*reply, options.file);
}

}  // namespace

void add_plan(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  options->admin.timeout_s = kPatienceSeconds;
  CLI::App* command =
      app.add_subcommand("plan", "say what a running poise would change with this file");
  command->add_option("-c,--config", options->file, "a YAML file")->required();
  add_admin_options(*command, options->admin);
  command->callback([options, &exit_code] { exit_code = plan(*options); });
}

}  // namespace poise::commands
