// What the user may call a listener, route, pool or backend. Names end up in logs, metrics and
// URLs. Pure.
#pragma once

#include <string_view>

namespace poise::conf {

// What is wrong with the name, as "must …"; empty when it is fine.
std::string_view name_fault(std::string_view name);

}  // namespace poise::conf
