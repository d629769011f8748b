#include <string>

#include "conf/reader/suggestion.h"
#include "conf/rules.h"

namespace poise::conf {

void check_admin(const Config& config, const Places& places, Diagnostics& diagnostics) {
  const AdminConfig& admin = config.admin;
  if (!admin.bind || is_local(*admin.bind) || !admin.token.empty()) return;
  diagnostics.error(places.value({"admin", "bind"}),
                    "admin listens on " + quoted(admin.bind->text()) +
                        ", which others can reach, and has no 'token': set one, or bind to "
                        "127.0.0.1");
}

}  // namespace poise::conf
