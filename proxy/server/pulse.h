// The second hand of the process: samples what was counted each second while somebody may look at
// it, and tells whoever draws it. Owned by the Server, on the control thread.
#pragma once

#include <functional>

#include "proxy/net/loop.h"
#include "proxy/server/summary_window.h"

namespace poise::server {

class Pulse {
 public:
  using View = std::function<MetricsView()>;
  // `on_second` may ask for the summary, whose rates are then those of that second. `loop` and what
  // the functions lead to outlive the pulse.
  Pulse(net::Loop& loop, View view, std::function<void()> on_second);

  void start();  // does nothing when it beats already
  void stop();   // and forgets what was

  // Before start(): latencies since the process began, and no rates.
  Summary summary() const;

 private:
  void beat();

  net::Loop& loop_;
  View view_;
  std::function<void()> on_second_;
  SummaryWindow window_;
  base::Timer timer_;
  base::MonotonicTime due_{};
};

}  // namespace poise::server
