#include "health/probes.h"

#include <algorithm>
#include <array>

#include "health/probes/http_probe.h"
#include "health/probes/tcp_probe.h"
#include "health/probes/tls_probe.h"

namespace poise::health {
namespace {

constexpr std::array<ProbeKind, 3> kAll{{
    {"http", parse_http_probe},
    {"tcp", parse_tcp_probe},
    {"tls", parse_tls_probe},
}};

}  // namespace

std::span<const ProbeKind> all_probes() { return kAll; }

const ProbeKind* find_probe(std::string_view name) {
  const auto found =
      std::find_if(kAll.begin(), kAll.end(), [&](const auto& kind) { return kind.name == name; });
  return found == kAll.end() ? nullptr : &*found;
}

}  // namespace poise::health
