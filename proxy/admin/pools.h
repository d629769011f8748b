// GET /api/v1/pools and /pools/NAME: the pools of the configuration in force with their backends.
// What changes a backend answers with the same object of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/admin/endpoints.h"

namespace poise::admin {

void show_pools(Facilities& facilities, const Request& request, Reply reply);
void show_pool(Facilities& facilities, const Request& request, Reply reply);

// The backend's object; nothing where there is none of that name.
std::optional<std::string> backend_text(Facilities& facilities, std::string_view pool,
                                        std::string_view backend);

}  // namespace poise::admin
