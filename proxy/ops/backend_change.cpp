#include "proxy/ops/backend_change.h"

#include <algorithm>
#include <optional>
#include <thread>

namespace poise::ops {
namespace {

constexpr auto kBetweenLooks = std::chrono::milliseconds(200);

using Answer = base::Result<BackendView, AdminFault>;

double left_of(const BackendView& backend) {
  return backend.drain ? backend.drain->streams + backend.drain->sessions : 0;
}

base::Failure<AdminFault> unlike(const BackendName& name) {
  return base::Failure{AdminFault{
      kRequestFault, "there is no backend " + name.pool + "/" + name.backend + " any more"}};
}

Answer look_at(const AdminTarget& target, const BackendName& name, base::Duration timeout) {
  const auto reply = ask_ok(target, {.target = "/api/v1/pools/" + url_escaped(name.pool)}, timeout);
  if (!reply) return base::Failure{reply.error()};
  const Json pool = reply->json();
  const auto backends = list_in(pool, "backends", read_backend);
  const auto found =
      std::find_if(backends.begin(), backends.end(),
                   [&](const BackendView& backend) { return backend.name == name.backend; });
  if (found == backends.end()) return unlike(name);
  return *found;
}

}  // namespace

base::Result<BackendName, std::string> read_backend_name(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == text.npos || slash == 0 || slash + 1 == text.size()) {
    return base::Failure{"'" + std::string(text) +
                         "' names no backend; write POOL/BACKEND, as `poise status` shows them"};
  }
  return BackendName{std::string(text.substr(0, slash)), std::string(text.substr(slash + 1))};
}

Answer change_backend(const AdminTarget& target, const BackendName& name, const std::string& change,
                      base::Duration timeout) {
  const std::string path = "/api/v1/pools/" + url_escaped(name.pool) + "/backends/" +
                           url_escaped(name.backend) + "/" + change;
  const auto reply = ask_ok(target, {.method = "POST", .target = path}, timeout);
  if (!reply) return base::Failure{reply.error()};
  return read_backend(reply->json());
}

Answer wait_until_drained(const AdminTarget& target, const BackendName& name,
                          base::Duration timeout,
                          const std::function<void(const BackendView&)>& progress) {
  std::optional<double> last;
  for (;;) {
    Answer backend = look_at(target, name, timeout);
    if (!backend) return backend;
    if (backend->state != "draining") {
      return base::Failure{AdminFault{kRequestFault, name.pool + "/" + name.backend + " is " +
                                                         backend->state + ", not draining"}};
    }
    if (last != left_of(*backend)) progress(*backend);
    last = left_of(*backend);
    if (*last == 0) return backend;
    std::this_thread::sleep_for(kBetweenLooks);
  }
}

}  // namespace poise::ops
