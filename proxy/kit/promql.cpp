#include "proxy/kit/promql.h"

#include <array>
#include <cstdio>

namespace poise::kit {

std::string matcher(std::string_view name, std::string_view value) {
  std::string text(name);
  text += "=\"";
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n') {
      text += "\\n";
    } else {
      text += c;
    }
  }
  return text + '"';
}

std::string series(std::string_view metric, const std::string& matchers) {
  const std::string name(metric);
  return matchers.empty() ? name : name + "{" + matchers + "}";
}

std::string rate(std::string_view metric, const std::string& matchers, std::string_view window) {
  return "rate(" + series(metric, matchers) + "[" + std::string(window) + "])";
}

std::string quantile(std::string_view q, std::string_view histogram, const std::string& matchers,
                     std::string_view by, std::string_view window) {
  const std::string labels = by.empty() ? "le" : "le, " + std::string(by);
  return "histogram_quantile(" + std::string(q) + ", sum by (" + labels + ") (" +
         rate(std::string(histogram) + "_bucket", matchers, window) + "))";
}

std::string seconds(double value) {
  std::array<char, 32> text;
  const int length = std::snprintf(text.data(), text.size(), "%g", value);
  return std::string(text.data(), static_cast<std::size_t>(length));
}

}  // namespace poise::kit
