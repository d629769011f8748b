// ${NAME}, ${NAME:-default} and $${ inside one value. The environment is an input, so that tests
// bring their own. Applied after YAML was parsed: a variable's text never becomes structure.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace poise::conf {

// The value of a variable; nullopt when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
std::optional<std::string> read_process_environment(const std::string& name);

struct Expansion {
  struct Fault {
    std::size_t offset = 0;  // of the `${` in the value
    std::size_t length = 0;
    std::string message;
  };
  std::string text;
  bool replaced = false;  // at least one variable was there
  std::vector<Fault> faults;
};

// As in a shell, a default is also taken when the variable is set but empty.
Expansion expand_variables(std::string_view value, const Environment& environment);

}  // namespace poise::conf
