// An explanation as people read it, and as programs do. Pure.
#pragma once

#include <string>

#include "proxy/explain/explanation.h"

namespace poise::explain {

std::string render_text(const Explanation& explanation);
// One object, ending in a line break. What is off or does not apply is absent, or "none".
std::string render_json(const Explanation& explanation);

}  // namespace poise::explain
