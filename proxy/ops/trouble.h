// What is wrong with a running poise, in words, the worst first: what `poise status` and `poise
// top` show before everything else. Pure. The dashboard says the same in its own language
// (proxy/admin/page/trouble.js).
#pragma once

#include <string>
#include <vector>

#include "proxy/ops/admin_model.h"

namespace poise::ops {

struct Trouble {
  enum class Degree : std::uint8_t { outage, broken, notice };
  Degree degree = Degree::notice;
  std::string words;
};

std::vector<Trouble> troubles_of(const StatusView& status, const std::vector<PoolView>& pools,
                                 const TickView& tick = {});

}  // namespace poise::ops
