// `poise status` as text: what is wrong first, then the process, its listeners and its pools. Pure.
#pragma once

#include <string>
#include <vector>

#include "proxy/ops/admin_model.h"

namespace poise::ops {

std::string status_text(const StatusView& status, const std::vector<PoolView>& pools);

// One backend on one line, for the commands that change it.
std::string backend_line(const std::string& pool, const BackendView& backend);

}  // namespace poise::ops
