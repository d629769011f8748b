// From a file, a folder or a text to a checked Config, or to everything that is wrong with it.
// Reads files, so it is for start and reload only. A folder's *.yaml files are merged in order of
// name.
#pragma once

#include <string>

#include "conf/config.h"
#include "conf/reader/diagnostics.h"
#include "conf/reader/variables.h"
#include "proxy/base/result.h"

namespace poise::conf {

using Loaded = base::Result<Config, Diagnostics>;

// `warnings`, when given, receives what is odd but does not fail; with errors, it is among them.
Loaded load_file(const std::string& path, Diagnostics* warnings = nullptr,
                 const Environment& environment = read_process_environment);

// `name` stands for the file in messages.
Loaded load_text(const std::string& text, const std::string& name, Diagnostics* warnings = nullptr,
                 const Environment& environment = read_process_environment);

}  // namespace poise::conf
