// Looks at whom a pool's worker could pick: states and scores of this moment. For failures and
// retries, never for each pick. On the worker's thread.
#pragma once

#include <optional>

#include "proxy/flight/try_record.h"
#include "proxy/pool/backend_group.h"

namespace poise::flight {

// `request.excluded` are those tried before. Of a large pool the chosen one and those that follow
// it.
Choice choice_of(pool::BackendGroup& group, const balancing::PickRequest& request,
                 std::optional<balancing::BackendIndex> chosen, Moment moment);

// "up", "down", "ejected", "draining", "unknown" or "probation"; the worst where several hold.
std::string_view state_text(balancing::BackendStatus status);

}  // namespace poise::flight
