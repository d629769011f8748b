#include "proxy/commands/command_list.h"

namespace poise::commands {

void add_all(CLI::App& app, int& exit_code) {
  static constexpr AddCommand* kCommands[] = {
      add_status, add_drain, add_undrain, add_weight, add_top,
  };
  for (AddCommand* add : kCommands) add(app, exit_code);
}

}  // namespace poise::commands
