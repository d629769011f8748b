// The groups of rules check.* applies, one function each.
#pragma once

#include "conf/parse.h"
#include "conf/places.h"
#include "conf/reader/diagnostics.h"

namespace poise::conf {

// Every pool a route names exists; a pool no route names is a warning.
void check_pool_names(const Config& config, const Places& places, Diagnostics& diagnostics);

// No two listeners, routes of a listener, binds, or backends of a pool are the same.
void check_duplicates(const Config& config, const Places& places, Diagnostics& diagnostics);

// A pool has at least one backend that takes requests.
void check_weights(const Config& config, const Places& places, Diagnostics& diagnostics);

// A route is not hidden by one before it. Looks at sound listeners only.
void check_reachability(const Parsed& parsed, const Places& places, Diagnostics& diagnostics);

// What a pool balances by can be had from every listener that leads to it; a zone of this poise is
// of use only where backends have zones.
void check_balancing(const Config& config, const Places& places, Diagnostics& diagnostics);

// An admin that others than this machine can reach has a token.
void check_admin(const Config& config, const Places& places, Diagnostics& diagnostics);

// A listener that takes PROXY headers has somebody to take them from.
void check_proxy_protocol(const Config& config, const Places& places, Diagnostics& diagnostics);

// Routes look at ClientHellos only where those are read.
void check_client_hellos(const Config& config, const Places& places, Diagnostics& diagnostics);

// A tcp or tls-passthrough listener has no settings that speak of HTTP.
void check_tcp_listeners(const Config& config, const Places& places, Diagnostics& diagnostics);

// What a test expects by name is there.
void check_tests(const Config& config, Diagnostics& diagnostics);

// Warns of rules of health that have nothing to judge.
void check_health(const Config& config, const Places& places, Diagnostics& diagnostics);

// The files of TLS can be read and used together. Warns of certificates whose time is over or soon
// will be.
void check_tls(const Config& config, const Places& places, Diagnostics& diagnostics);

}  // namespace poise::conf
