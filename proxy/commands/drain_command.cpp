// `poise drain`: a backend gets nothing new, and what it has may end.
#include <CLI/CLI.hpp>
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
  std::string deadline;
  bool waits = false;
};

int drain(const Options& options) {
  const auto target = target_of(options.admin);
  if (!target) return ops::kWrongUsage;
  const auto name = ops::read_backend_name(options.backend);
  if (!name) return ops::report({ops::kWrongUsage, name.error()});
  const auto print = [&](const ops::BackendView& backend) {
    std::printf("%s\n", ops::backend_line(name->pool, backend).c_str());
    std::fflush(stdout);
  };
  const std::string query =
      options.deadline.empty() ? "" : "?deadline=" + ops::url_escaped(options.deadline);
  const auto backend =
      ops::change_backend(*target, *name, "drain" + query, options.admin.timeout());
  if (!backend) return ops::report(backend.error());
  if (!options.waits) {
    print(*backend);
    return 0;
  }
  const auto drained = ops::wait_until_drained(*target, *name, options.admin.timeout(), print);
  return drained ? 0 : ops::report(drained.error());
}

}  // namespace

void add_drain(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("drain", "send a backend nothing new: drain POOL/BACKEND");
  command->add_option("backend", options->backend, "POOL/BACKEND")->required();
  command->add_option("--deadline", options->deadline,
                      "when what is still under way is cut, such as 30s; without it, never");
  command->add_flag("--wait", options->waits, "return when nothing is under way any more");
  add_admin_options(*command, options->admin);
  command->callback([options, &exit_code] { exit_code = drain(*options); });
}

}  // namespace poise::commands
