// Asks the admin of a running poise and waits for the whole answer: a loop of its own, run until
// then. For commands. What is wrong is said in words for the user, with the exit code of
// the command.
//
//   const auto reply = ops::ask(target, {.method = "POST", .target = "/api/v1/plan", .body =
//   yaml}); if (!reply) return ops::report(reply.error()); if (reply->status == 422) …   //
//   reply->json() is {ok: false, errors: […]}
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "proxy/base/clock.h"
#include "proxy/base/result.h"
#include "proxy/ops/admin_call.h"

namespace poise::ops {

inline constexpr int kRequestFault = 1;  // what was asked for is wrong, or not allowed
inline constexpr int kWrongUsage = 2;
inline constexpr int kEnvironmentFault = 3;  // nobody there, or no poise

struct AdminFault {
  int exit_code = kEnvironmentFault;
  std::string text;
};

struct AdminReply {
  int status = 0;
  std::string content_type;
  std::string text;

  bool ok() const { return status >= 200 && status < 300; }
  // Discarded where the text is no JSON, which ask() has made sure of for application/json.
  nlohmann::json json() const;
};

// Any answer of a poise, whatever its status, but for those that no request gets past: 401 and 403
// are faults, as is whatever does not look like a poise.
base::Result<AdminReply, AdminFault> ask(const AdminTarget& target, const AdminRequest& request,
                                         base::Duration timeout = std::chrono::seconds(10));

// As ask(), for whoever wants a success: other answers are faults with the words of the answer.
base::Result<AdminReply, AdminFault> ask_ok(const AdminTarget& target, const AdminRequest& request,
                                            base::Duration timeout = std::chrono::seconds(10));

// Judges an answer as ask() does; for streams, whose answer has no end.
std::optional<AdminFault> fault_of(const AdminTarget& target, const AdminReply& reply);
// Nobody answered.
AdminFault unreachable(const AdminTarget& target, const std::string& why);

// To stderr; the exit code.
int report(const AdminFault& fault);

// A path segment or a query value, so that no name of a pool can change the meaning of a URL.
std::string url_escaped(std::string_view text);

}  // namespace poise::ops
