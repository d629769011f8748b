// What is configured, and what would become of a request: GET /api/v1/config, GET /api/v1/explain,
// and POST /api/v1/log-level, which changes one setting until the next reload.
#pragma once

#include "proxy/admin/endpoints.h"

namespace poise::admin {

void show_config(Facilities& facilities, const Request& request, Reply reply);
// ?method=&url=&from=&listener=&header=, the last one as often as needed.
void explain_request(Facilities& facilities, const Request& request, Reply reply);
// ?level=debug|info|warn|error
void set_log_level(Facilities& facilities, const Request& request, Reply reply);

}  // namespace poise::admin
