// The commands that register themselves: each has a file NAME_command.cpp here, a declaration below
// and a line in command_list.cpp. What a command does beyond reading its arguments is in the
// layers below.
#pragma once

namespace CLI {
class App;
}

namespace poise::commands {

// Adds the command to the command line. If the user chose it, it runs while the line is parsed and
// leaves its exit code.
using AddCommand = void(CLI::App& app, int& exit_code);

AddCommand add_status, add_drain, add_undrain, add_weight, add_plan, add_reload, add_upgrade,
    add_top, add_dashboards, add_alerts;

void add_all(CLI::App& app, int& exit_code);

}  // namespace poise::commands
