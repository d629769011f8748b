// Any bytes as a configuration: it is accepted or refused with reasons that point into the text,
// and nothing is thrown.

#include <cstdint>
#include <string>

#include "conf/load.h"
#include "conf/print.h"
#include "tests/fuzz/must.h"

using namespace poise;

namespace {

std::optional<std::string> environment(const std::string& name) {
  if (name == "PORT") return "8080";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

void check_diagnostics(const conf::Diagnostics& diagnostics) {
  for (const conf::Diagnostic& diagnostic : diagnostics.sorted()) MUST(!diagnostic.message.empty());
  MUST(diagnostics.empty() || !conf::render(diagnostics, false).empty());
  (void)conf::render_json(diagnostics);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  conf::Diagnostics warnings;
  const conf::Loaded loaded = conf::load_text(text, "poise.yaml", &warnings, environment);
  if (!loaded) {
    MUST(loaded.error().failed());
    check_diagnostics(loaded.error());
    return 0;
  }
  MUST(!warnings.failed());
  check_diagnostics(warnings);
  MUST(!loaded->listeners.empty());
  for (const auto& listener : loaded->listeners) MUST(!listener.bind.empty());
  return 0;
}
