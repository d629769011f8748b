#include "conf/check.h"

#include "conf/rules.h"

namespace poise::conf {

void check_config(const Parsed& parsed, const YamlNode& root, Diagnostics& diagnostics) {
  const Places places(root);
  check_pool_names(parsed.config, places, diagnostics);
  check_duplicates(parsed.config, places, diagnostics);
  check_weights(parsed.config, places, diagnostics);
  check_balancing(parsed.config, places, diagnostics);
  check_reachability(parsed, places, diagnostics);
  check_tcp_listeners(parsed.config, places, diagnostics);
  check_proxy_protocol(parsed.config, places, diagnostics);
  check_client_hellos(parsed.config, places, diagnostics);
  check_health(parsed.config, places, diagnostics);
  check_tls(parsed.config, places, diagnostics);
  check_admin(parsed.config, places, diagnostics);
  check_tests(parsed.config, diagnostics);
}

}  // namespace poise::conf
