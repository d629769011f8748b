// Changes of one backend of a running poise: drain, undrain, weight. Blocking; for commands.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "proxy/ops/admin_client.h"
#include "proxy/ops/admin_model.h"

namespace poise::ops {

struct BackendName {
  std::string pool;
  std::string backend;
};

// "POOL/BACKEND"; a backend's name may hold slashes, as unix:/run/app.sock does. The error says so.
base::Result<BackendName, std::string> read_backend_name(std::string_view text);

// POST …/backends/B/`change`, where `change` may end in a query; the backend as it is then.
base::Result<BackendView, AdminFault> change_backend(const AdminTarget& target,
                                                     const BackendName& name,
                                                     const std::string& change,
                                                     base::Duration timeout);

// Asks again and again until nothing of the drain is under way; `progress` hears of every change. A
// fault when the backend stops draining before.
base::Result<BackendView, AdminFault> wait_until_drained(
    const AdminTarget& target, const BackendName& name, base::Duration timeout,
    const std::function<void(const BackendView&)>& progress);

}  // namespace poise::ops
