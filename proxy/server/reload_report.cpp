#include "proxy/server/reload_report.h"

namespace poise::server {

std::string line_of(const ReloadFault& fault) {
  if (fault.line == 0) return fault.message;
  return fault.file + ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column) +
         ": error: " + fault.message;
}

std::vector<ReloadFault> faults_in(const conf::Diagnostics& diagnostics) {
  std::vector<ReloadFault> faults;
  for (const conf::Diagnostic& one : diagnostics.sorted()) {
    if (one.severity != conf::Severity::error) continue;
    faults.push_back(
        {std::string(diagnostics.file_name(one.at)), one.at.line, one.at.column, one.message});
  }
  return faults;
}

}  // namespace poise::server
