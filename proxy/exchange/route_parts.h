// The parts of a route's configuration, one parser each; parse_route (route_config.h) calls them.
// Not for anyone else.
#pragma once

#include "proxy/exchange/route_config.h"

namespace poise::exchange {

MatchConfig parse_match(conf::YamlMap& node);
RespondConfig parse_respond(conf::YamlMap& node);
RewriteConfig parse_rewrite(conf::YamlMap& node);
HeaderEdits parse_header_edits(conf::YamlMap& node);

// A header name and value the user wants sent or compared. False, and reported, when it cannot be.
bool is_good_header(conf::YamlValue& value, const std::string& name, const std::string& text);

}  // namespace poise::exchange
