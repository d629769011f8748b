// Which listeners a question is about: the one it names, or those where such a client could have
// connected. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "conf/config.h"
#include "proxy/base/result.h"
#include "proxy/explain/question.h"

namespace poise::explain {

struct ChosenListeners {
  std::vector<std::size_t> indexes;  // never empty
  std::string note{};                // why it is these, where that is not plain
};

// Those that bind the very address asked for, else those that bind its port, else all that speak
// the protocol: in front of poise a port may be another one.
base::Result<ChosenListeners, std::string> choose_listeners(
    const std::vector<conf::ListenerConfig>& listeners, const Question& question);

}  // namespace poise::explain
