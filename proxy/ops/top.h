// `poise top`: a running poise in a terminal, live; without a terminal, one snapshot. Blocks until
// the user quits; the exit code.
#pragma once

#include "proxy/ops/admin_target.h"

namespace poise::ops {

int run_top(const AdminTarget& target);

}  // namespace poise::ops
