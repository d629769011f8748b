#include "tests/support/scraped_metrics.h"

#include <sstream>
#include <stdexcept>

namespace poise::support {

std::uint16_t admin_port(LivePoise& poise) {
  const auto line = poise.process().standard_error().wait_for_line("admin at http://");
  if (!line) throw std::runtime_error("poise opened no admin");
  const std::string_view text(*line);
  return static_cast<std::uint16_t>(std::stoul(std::string(text.substr(text.rfind(':') + 1))));
}

std::string fetch(std::uint16_t port, const std::string& path) {
  const std::string url = "http://127.0.0.1:" + std::to_string(port) + path;
  ChildProcess curl({"curl", "-sS", "--fail", "--max-time", "20", url});
  const auto code = curl.wait_for_exit(Deadline(Milliseconds(25'000)));
  curl.standard_output().wait_for_end();
  if (code != 0) throw std::runtime_error("curl " + url + ": " + curl.standard_error().text());
  return curl.standard_output().text();
}

ScrapedMetrics::ScrapedMetrics(std::uint16_t port) {
  std::istringstream text(fetch(port, "/metrics"));
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("# TYPE ")) {
      const auto space = line.find(' ', 7);
      types_[line.substr(7, space - 7)] = line.substr(space + 1);
    }
    if (line.empty() || line[0] == '#') continue;
    const auto space = line.rfind(' ');
    values_[line.substr(0, space)] = std::stod(line.substr(space + 1));
  }
}

double ScrapedMetrics::operator[](const std::string& series) const {
  const auto found = values_.find(series);
  return found == values_.end() ? 0 : found->second;
}

double ScrapedMetrics::sum(const std::string& begin) const {
  double total = 0;
  for (auto at = values_.lower_bound(begin); at != values_.end(); ++at) {
    if (!at->first.starts_with(begin)) break;
    total += at->second;
  }
  return total;
}

std::size_t ScrapedMetrics::count(const std::string& begin) const {
  std::size_t found = 0;
  for (const auto& [series, value] : values_) found += series.starts_with(begin) ? 1 : 0;
  return found;
}

std::string ScrapedMetrics::fallen_since(const ScrapedMetrics& before) const {
  std::string fallen;
  for (const auto& [series, value] : before.values_) {
    const auto family = types_.find(series.substr(0, series.find('{')));
    if (family != types_.end() && family->second == "gauge") continue;
    const auto now = values_.find(series);
    if (now != values_.end() && now->second < value) fallen += series + '\n';
  }
  return fallen;
}

}  // namespace poise::support
