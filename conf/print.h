// Diagnostics as people read them, with the line and a caret, and as programs do.
#pragma once

#include <string>
#include <vector>

#include "conf/reader/diagnostics.h"

namespace poise::conf {

// "FILE:LINE:COLUMN: error: MESSAGE", the line and the place marked in it, for each; empty when
// there is nothing to say.
std::string render(const Diagnostics& diagnostics, bool color);

// The same without the excerpts, a line each and without line breaks: for a log.
std::vector<std::string> render_lines(const Diagnostics& diagnostics);

// An array of {file, line, column, severity, message}, ending in a line break.
std::string render_json(const Diagnostics& diagnostics);

// What the process should exit with: 0, 1 for a faulty configuration, 3 for one that cannot be
// read.
int exit_code_of(const Diagnostics& diagnostics);

}  // namespace poise::conf
