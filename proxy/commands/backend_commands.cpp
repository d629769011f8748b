// `poise undrain` and `poise weight`: changes of a backend that are done when they are answered.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>

#include "proxy/commands/admin_options.h"
#include "proxy/commands/command_list.h"
#include "proxy/ops/backend_change.h"
#include "proxy/ops/status_text.h"

namespace poise::commands {
namespace {

struct Options {
  AdminOptions admin;
  std::string backend;
  std::uint32_t weight = 0;
};

int change(const Options& options, const std::string& what) {
  const auto target = target_of(options.admin);
  if (!target) return ops::kWrongUsage;
  const auto name = ops::read_backend_name(options.backend);
  if (!name) return ops::report({ops::kWrongUsage, name.error()});
  const auto backend = ops::change_backend(*target, *name, what, options.admin.timeout());
  if (!backend) return ops::report(backend.error());
  std::printf("%s\n", ops::backend_line(name->pool, *backend).c_str());
  return 0;
}

}  // namespace

void add_undrain(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("undrain", "let a backend serve again");
  command->add_option("backend", options->backend, "POOL/BACKEND")->required();
  add_admin_options(*command, options->admin);
  command->callback([options, &exit_code] { exit_code = change(*options, "undrain"); });
}

void add_weight(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("weight", "change a backend's share: weight POOL/BACKEND N");
  command->add_option("backend", options->backend, "POOL/BACKEND")->required();
  command->add_option("value", options->weight, "the new weight; 0: nothing new")->required();
  add_admin_options(*command, options->admin);
  command->callback([options, &exit_code] {
    exit_code = change(*options, "weight?value=" + std::to_string(options->weight));
  });
}

}  // namespace poise::commands
