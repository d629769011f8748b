// The options of every command that asks a running poise, and what they come to. A command keeps
// them as long as the command line is parsed.
#pragma once

#include <string>

#include "proxy/ops/admin_client.h"

namespace CLI {
class App;
}

namespace poise::commands {

struct AdminOptions {
  std::string url = ops::kDefaultAdmin;
  std::string token;
  double timeout_s = 10;

  base::Duration timeout() const;
};

// --admin, --token, --timeout.
void add_admin_options(CLI::App& command, AdminOptions& options);

// Prints what is wrong and returns nothing when they make no sense; the exit code is kWrongUsage.
std::optional<ops::AdminTarget> target_of(const AdminOptions& options);

}  // namespace poise::commands
