#include "proxy/server/summary.h"

namespace poise::server {

std::string_view state_text(balancing::BackendStatus status) {
  if ((status & balancing::kDraining) != 0) return "draining";
  if ((status & balancing::kDown) != 0) return "down";
  if ((status & balancing::kEjected) != 0) return "ejected";
  if ((status & balancing::kUnknown) != 0) return "unknown";
  return (status & balancing::kProbation) != 0 ? "probation" : "up";
}

}  // namespace poise::server
