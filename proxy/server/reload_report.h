// What became of a reload, or would become of one: for whoever asked for it. Plain data of the
// control thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "conf/reader/diagnostics.h"
#include "proxy/base/clock.h"

namespace poise::server {

// Line 0 and no file: not the configuration's fault but, say, a port that somebody else has.
struct ReloadFault {
  std::string file{};
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message{};

  bool operator==(const ReloadFault&) const = default;
};

struct ReloadReport {
  bool ok = false;
  std::uint64_t generation = 0;  // in force now
  base::Duration took{0};
  std::vector<std::string> changes{};  // in words
  std::vector<ReloadFault> errors{};
};

// "poise.yaml:6:5: error: unknown key 'blance'"
std::string line_of(const ReloadFault& fault);
// The errors among them, without the warnings.
std::vector<ReloadFault> faults_in(const conf::Diagnostics& diagnostics);

}  // namespace poise::server
