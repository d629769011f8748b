// The commands behind poise's command line. Each prints for its user and returns the exit code: 0
// fine, 1 the configuration is at fault, 3 the environment is.
#pragma once

#include <string>

#include "proxy/server/program.h"

namespace poise {

// `watch`: a file that changes is loaded again. `program` is what a binary upgrade starts again.
int run_file(const std::string& path, bool watch, server::Program program);

struct QuickRun {
  std::string listen;   // HOST:PORT or :PORT
  std::string to;       // addresses separated by commas
  std::string balance;  // a strategy's name
};
int run_quick(const QuickRun& quick, server::Program program);

int check_file(const std::string& path, bool as_json);
int print_version();
int print_schema();

}  // namespace poise
