// What is counted of a listener's handshakes, for as long as any configuration has it: known by the
// listener's name, it outlives reloads. Made by the control thread, shared by all workers.
#pragma once

#include <array>

#include "proxy/base/counters.h"
#include "proxy/base/histogram.h"
#include "proxy/base/per_worker.h"
#include "tls/handshake.h"

namespace poise::tls {

struct HandshakeCells {
  std::array<base::Cell, kHandshakeResultCount> results;  // poise_tls_handshakes_total, by result
  base::Cell resumed;                                     // poise_tls_resumed_total
  base::Histogram duration;                               // of those that succeeded
};

struct HandshakeRecord {
  base::PerWorker<HandshakeCells> cells;
};

}  // namespace poise::tls
