// What a scrape of a running poise said, series by series. Fetches with curl, as anybody would. A
// value, once made.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/support/live_poise.h"

namespace poise::support {

// Lines before everything else in a configuration: the admin on a port of its own.
inline const std::string kAdminConfig = "admin: { bind: \"127.0.0.1:0\" }\n";

// Where the admin of that configuration listens. Throws when poise does not say.
std::uint16_t admin_port(LivePoise& poise);
// The answer's body. Throws when it is no 200.
std::string fetch(std::uint16_t port, const std::string& path);

class ScrapedMetrics {
 public:
  explicit ScrapedMetrics(std::uint16_t port);

  // `series` as the exposition writes it: name{label="value",…}. 0 when there is none.
  double operator[](const std::string& series) const;
  bool has(const std::string& series) const { return values_.count(series) != 0; }
  // Of all series that begin so.
  double sum(const std::string& begin) const;
  std::size_t count(const std::string& begin = {}) const;
  // Series that are smaller here than they were, one a line; gauges are left out.
  std::string fallen_since(const ScrapedMetrics& before) const;

 private:
  std::map<std::string, double> values_;
  std::map<std::string, std::string> types_;  // by name of the family
};

}  // namespace poise::support
