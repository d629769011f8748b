// Pieces of PromQL, so that whatever a configuration calls its things, what is generated stays what
// it means to be. Pure.
#pragma once

#include <string>
#include <string_view>

namespace poise::kit {

// name="value", with the value escaped.
std::string matcher(std::string_view name, std::string_view value);
// metric{matchers}; none: without braces.
std::string series(std::string_view metric, const std::string& matchers);
// rate(metric{matchers}[window])
std::string rate(std::string_view metric, const std::string& matchers, std::string_view window);
// The quantile of a histogram's buckets over `window`, apart by the labels of `by` ("" or "a, b").
std::string quantile(std::string_view q, std::string_view histogram, const std::string& matchers,
                     std::string_view by, std::string_view window);
// Seconds, as PromQL has them.
std::string seconds(double value);

}  // namespace poise::kit
