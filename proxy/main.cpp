// Reads the command line and calls the command.
#include <CLI/CLI.hpp>
#include <utility>

#include "proxy/commands.h"
#include "proxy/commands/command_list.h"
#include "proxy/demo_command.h"
#include "proxy/explain_command.h"

namespace {

constexpr int kWrongUsage = 2;

int usage_fault(const std::string& text) {
  std::fprintf(stderr, "poise: %s (see poise run --help)\n", text.c_str());
  return kWrongUsage;
}

int run(const std::string& file, bool watch, const poise::QuickRun& quick,
        poise::server::Program program) {
  const bool is_quick = !quick.listen.empty() || !quick.to.empty();
  if (!file.empty() && is_quick) return usage_fault("-c and --listen exclude each other");
  if (!file.empty()) return poise::run_file(file, watch, std::move(program));
  if (watch) return usage_fault("--watch needs -c FILE");
  if (quick.listen.empty() || quick.to.empty()) {
    return usage_fault("run needs -c FILE, or --listen and --to");
  }
  return poise::run_quick(quick, std::move(program));
}

void add_options(CLI::App& command, poise::ExplainCommand& explain) {
  command.add_option("-c,--config", explain.file, "configuration: a YAML file or a folder of them");
  command.add_option("request", explain.request,
                     "'METHOD URL', a URL, 'METHOD /path', 'tcp ADDRESS', or 'tls NAME'");
  command.add_option("-H,--header", explain.words.headers, "'Name: value', as often as needed")
      ->allow_extra_args(false);
  command.add_option("--from", explain.words.from, "the client's address")
      ->default_str("127.0.0.1");
  command.add_option("--listener", explain.words.listener,
                     "a listener's name; else the one that fits the address");
  command.add_flag("--json", explain.as_json, "print one JSON object");
  command.add_option("--admin", explain.admin, "instead of -c: a running poise, as it is now");
  command.add_option("--token", explain.token, "admin.token of its configuration")
      ->envname("POISE_ADMIN_TOKEN");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("poise: a layer 4/7 load balancer and reverse proxy");
  app.require_subcommand(1);
  std::string file;
  poise::QuickRun quick{"", "", "round-robin"};
  bool as_json = false;
  poise::DemoCommand demo;
  bool watch = false;

  CLI::App* run_command = app.add_subcommand("run", "run in the foreground");
  run_command->add_option("-c,--config", file, "configuration: a YAML file or a folder of them");
  run_command->add_flag("--watch", watch, "load the configuration again whenever it has changed");
  run_command->add_option("--listen", quick.listen, "without a file: where to listen, as :8080");
  run_command->add_option("--to", quick.to, "without a file: backends, separated by commas");
  run_command->add_option("--balance", quick.balance, "without a file: the strategy")
      ->capture_default_str();

  CLI::App* check_command =
      app.add_subcommand("check", "validate a configuration and print all errors at once");
  check_command->add_option("-c,--config", file, "configuration: a YAML file or a folder of them")
      ->required();
  check_command->add_flag("--json", as_json, "print an array of errors");

  poise::ExplainCommand explain;
  CLI::App* explain_command = app.add_subcommand(
      "explain", "say where a request would go, and why: explain -c FILE 'GET http://host/path'");
  add_options(*explain_command, explain);

  CLI::App* demo_command =
      app.add_subcommand("demo", "a listener, three backends and the admin inside this process");
  demo_command->add_option("--listen", demo.listen, "where to listen")->capture_default_str();
  demo_command->add_option("--admin", demo.admin, "where the admin listens, or off")
      ->capture_default_str();

  CLI::App* schema_command =
      app.add_subcommand("schema", "the configuration's JSON Schema, for editors");
  CLI::App* version_command = app.add_subcommand("version", "version, build type, libraries");

  int exit_code = kWrongUsage;
  poise::commands::add_all(app, exit_code);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  if (run_command->parsed()) {
    return run(file, watch, quick, poise::server::this_program(argc, argv));
  }
  if (check_command->parsed()) return poise::check_file(file, as_json);
  if (explain_command->parsed()) return poise::explain_file(explain);
  if (demo_command->parsed()) return poise::run_demo(demo);
  if (schema_command->parsed()) return poise::print_schema();
  if (version_command->parsed()) return poise::print_version();
  return exit_code;
}
