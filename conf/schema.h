// The JSON Schema of the configuration, for editors: what keys there are, what each may be. Drawn
// from the parsers themselves, by asking them: each is shown a scalar, a map and a list at every
// place, and a ReadingObserver hears what it makes of them. So a new setting is in it without
// another line. Rules between settings are not: for these there is `poise check`.
#pragma once

#include <string>

namespace poise::conf {

// JSON Schema draft 7, indented.
std::string schema_text();

}  // namespace poise::conf
