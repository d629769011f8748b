// What a worker tells passive health of each try: whether it speaks for or against the backend. It
// is counted for the control thread, which judges; only where failures in a row reach their limit
// does it hear at once. On the worker's thread.
#pragma once

#include "proxy/base/error.h"
#include "proxy/pool/backend_group.h"

namespace poise::pool {

// Whether an answer with this status says that the backend cannot do its work: 500, 502, 503, 504.
bool is_failure_status(int status);

// Whether the error is the backend's doing. Waiting in line for it is not.
bool speaks_against_backend(const base::Error& error);

void note_passed(BackendGroup& group, balancing::BackendIndex backend);
void note_failed(BackendGroup& group, balancing::BackendIndex backend);

// Why a pick found nobody: no backend has a weight, or none that has one is fit. A pool without a
// single backend is one whose names do not resolve.
base::Error nobody_to_pick(const BackendGroup& group);

}  // namespace poise::pool
