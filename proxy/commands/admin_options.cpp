#include "proxy/commands/admin_options.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <optional>

namespace poise::commands {

base::Duration AdminOptions::timeout() const {
  return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(timeout_s));
}

void add_admin_options(CLI::App& command, AdminOptions& options) {
  command.add_option("--admin", options.url, "where its admin listens")
      ->envname("POISE_ADMIN")
      ->capture_default_str();
  command.add_option("--token", options.token, "admin.token of its configuration")
      ->envname("POISE_ADMIN_TOKEN");
  command.add_option("--timeout", options.timeout_s, "seconds of silence to bear")
      ->check(CLI::Range(0.001, 86400.0))
      ->capture_default_str();
}

std::optional<ops::AdminTarget> target_of(const AdminOptions& options) {
  auto target = ops::read_admin_target(options.url);
  if (!target) {
    std::fprintf(stderr, "poise: %s\n", target.error().c_str());
    return std::nullopt;
  }
  target->token = options.token;
  return *target;
}

}  // namespace poise::commands
