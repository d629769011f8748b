#include "proxy/demo_command.h"

#include <cstdio>
#include <thread>

#include "conf/load.h"
#include "conf/print.h"
#include "proxy/admin/admin.h"
#include "proxy/admin/endpoints.h"
#include "proxy/net/loop.h"
#include "proxy/server/demo.h"
#include "proxy/server/server.h"

namespace poise {
namespace {

constexpr int kEnvironmentFault = 3;

int environment_fault(const std::string& text) {
  std::fprintf(stderr, "poise: %s\n", text.c_str());
  return kEnvironmentFault;
}

// Health is asked often, so that a backend that fails shows within a second.
std::string demo_config(const DemoCommand& command, const server::Demo& demo) {
  std::string backends;
  for (const auto& backend : demo.backends) {
    backends += "      - { name: " + backend->name() + ", address: \"" + backend->address().text() +
                "\" }\n";
  }
  const std::string admin = command.admin == "off" ? "off" : "{ bind: \"" + command.admin + "\" }";
  return "admin: " + admin + "\nlog: { access: { to: stdout } }\nshutdown: { drain: 2s }\n" +
         "listeners:\n  - name: demo\n    bind: \"" + command.listen + "\"\n    pool: app\n" +
         "pools:\n  app:\n    backends:\n" + backends +
         "    health: { active: { type: tcp, interval: 500ms, fall: 2, rise: 1 } }\n";
}

// As clients of this machine reach it: what listens everywhere has no address of its own.
std::string url_of(const net::Address& address) {
  const std::string at = address.text();
  if (!at.starts_with("[::]:") && !at.starts_with("0.0.0.0:")) return "http://" + at + "/";
  return "http://127.0.0.1:" + std::to_string(address.port()) + "/";
}

void print_welcome(const std::string& front, const std::optional<net::Address>& admin,
                   const server::Demo& demo) {
  std::fprintf(stderr,
               "\npoise demo: a load balancer at %s in front of three backends\n"
               "inside this process (%s). Each request is a line of JSON below.\n",
               front.c_str(), demo.addresses().c_str());
  if (admin) std::fprintf(stderr, "Its admin page is %s\n", url_of(*admin).c_str());
  std::fprintf(stderr,
               "\nTry in another terminal:\n"
               "  curl %s                                # again and again: they take turns\n"
               "  curl -X POST http://%s/fail                 # %s refuses connections for 10 s\n"
               "  while sleep 0.3; do curl -s %s; done   # watch: no request fails\n\n",
               front.c_str(), demo.backends.front()->address().text().c_str(),
               demo.backends.front()->name().c_str(), front.c_str());
}

}  // namespace

int run_demo(const DemoCommand& command) {
  net::ignore_broken_pipes();
  net::Loop backends_loop;
  auto demo = server::Demo::open(backends_loop);
  if (!demo) return environment_fault(demo.error());
  const conf::Loaded loaded = conf::load_text(demo_config(command, *demo), "demo");
  if (!loaded) {
    std::fputs(conf::render(loaded.error(), false).c_str(), stderr);
    return conf::exit_code_of(loaded.error());
  }
  server::Server server(loaded.value());
  admin::Facilities facilities{server, POISE_VERSION};
  admin::Admin admin(server.loop(), admin::endpoints(facilities));
  server.add_port(admin);
  const auto opened = server.open();
  if (!opened) {
    return environment_fault(opened.error() +
                             "\n       choose others: poise demo --listen :8090 --admin :9990");
  }
  print_welcome(url_of(server.bound().front().front()), admin.bound(), *demo);
  std::thread backends([&] { backends_loop.run(); });
  const int code = server.run();
  backends_loop.stop();
  backends.join();
  return code;
}

}  // namespace poise
