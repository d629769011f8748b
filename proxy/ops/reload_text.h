// What the admin answers to a reload or a plan, as lines for the user. Pure but for printing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/ops/admin_client.h"

namespace poise::ops {

struct ReloadText {
  std::vector<std::string> changes;  // one at least where it went well
  std::vector<std::string> errors;   // "FILE:LINE:COLUMN: error: MESSAGE"
};

// `file`: what the user calls the text he sent; empty: as the admin calls it. Neither changes nor
// errors: that was no answer to a reload.
ReloadText reload_text(const AdminReply& reply, std::string_view file);

// Changes to stdout, errors to stderr; the exit code.
int print_reload(const AdminReply& reply, std::string_view file = {});

}  // namespace poise::ops
