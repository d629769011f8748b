// `poise demo`: a load balancer, its backends and its admin in one process, to be tried at once.
#pragma once

#include <string>

namespace poise {

struct DemoCommand {
  std::string listen = "127.0.0.1:8080";
  std::string admin = "127.0.0.1:9900";  // or "off"
};

// The exit code: 0 fine, 1 an address is none, 3 one cannot be listened on.
int run_demo(const DemoCommand& command);

}  // namespace poise
