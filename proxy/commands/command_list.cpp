#include "proxy/commands/command_list.h"

namespace poise::commands {

void add_all(CLI::App& app, int& exit_code) {
  add_status(app, exit_code);
  add_top(app, exit_code);
  add_drain(app, exit_code);
  add_undrain(app, exit_code);
  add_weight(app, exit_code);
  add_plan(app, exit_code);
  add_reload(app, exit_code);
  add_dashboards(app, exit_code);
  add_alerts(app, exit_code);
  add_upgrade(app, exit_code);
}

}  // namespace poise::commands
