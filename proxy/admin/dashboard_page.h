// The dashboard as one page, made at build time of proxy/admin/page by cmake/EmbedPage.cmake.
#pragma once

#include <string_view>

namespace poise::admin {

extern const std::string_view kDashboardPage;
// What its Content-Security-Policy says: the page's own style and script by their hashes, requests
// to where it came from, and nothing else.
extern const std::string_view kDashboardPolicy;

}  // namespace poise::admin
