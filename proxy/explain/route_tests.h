// Runs a configuration's `tests:` by asking explain() what would become of each request: a request
// that does not fare as expected is an error at the place of the expectation, which says what came
// instead and why. Opens no socket and asks no DNS; may run on any thread.
#pragma once

#include <string>

#include "conf/load.h"

namespace poise::explain {

// Requires: `config` passed conf::check, and `diagnostics` holds its sources.
void run_tests(const conf::Config& config, conf::Diagnostics& diagnostics);

// As conf::load_file and load_text, with the tests that are in there run as well.
conf::Loaded load_tested_file(const std::string& path, conf::Diagnostics& warnings);
conf::Loaded load_tested_text(const std::string& text, const std::string& name,
                              conf::Diagnostics& warnings);

}  // namespace poise::explain
