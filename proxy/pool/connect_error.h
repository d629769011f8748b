// What a failed connect comes to: the errno of net::Connector as an Error of the backend's, or of
// our own when descriptors or memory ran out. Pure.
#pragma once

#include "proxy/base/error.h"

namespace poise::pool {

base::Error connect_error(int system_error);

}  // namespace poise::pool
