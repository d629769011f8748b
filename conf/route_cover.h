// Whether one route's conditions hold for every request another's hold for. Pure. Says "no" when in
// doubt, between two regular expressions for example.
#pragma once

#include "proxy/exchange/route_config.h"

namespace poise::conf {

bool covers(const exchange::MatchConfig& earlier, const exchange::MatchConfig& later);

}  // namespace poise::conf
