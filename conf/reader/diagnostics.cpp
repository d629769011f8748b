#include "conf/reader/diagnostics.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace poise::conf {

std::uint32_t Diagnostics::add_source(std::string name, std::string text) {
  sources_.push_back({std::move(name), std::move(text)});
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

void Diagnostics::error(Position at, std::string message) {
  ++error_count_;
  keep(at, Severity::error, std::move(message));
}

void Diagnostics::warn(Position at, std::string message) {
  keep(at, Severity::warning, std::move(message));
}

void Diagnostics::unreadable(Position at, std::string message) {
  environment_failed_ = true;
  error(at, std::move(message));
}

void Diagnostics::keep(Position at, Severity severity, std::string message) {
  if (kept_.size() >= kMaxKept) {
    ++dropped_;
    return;
  }
  kept_.push_back({at, severity, std::move(message)});
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> result = kept_;
  const auto order = [](const Diagnostic& d) {
    return std::tuple(d.at.file, d.at.line, d.at.column);
  };
  std::stable_sort(result.begin(), result.end(),
                   [&](const auto& a, const auto& b) { return order(a) < order(b); });
  return result;
}

std::string_view Diagnostics::file_name(Position at) const {
  return at.file < sources_.size() ? std::string_view(sources_[at.file].name) : "configuration";
}

std::string_view Diagnostics::source_line(Position at) const {
  if (at.file >= sources_.size() || at.line == 0) return {};
  std::string_view rest = sources_[at.file].text;
  for (std::uint32_t line = 1; line < at.line; ++line) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  return rest.substr(0, rest.find('\n'));
}

std::string Diagnostics::place(Position at) const {
  return std::string(file_name(at)) + ":" + std::to_string(at.line);
}

}  // namespace poise::conf
