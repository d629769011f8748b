#include "proxy/commands.h"

#include <unistd.h>

#include <cstdio>
#include <optional>
#include <thread>
#include <utility>

#include "conf/load.h"
#include "conf/print.h"
#include "conf/schema.h"
#include "proxy/admin/admin.h"
#include "proxy/admin/endpoints.h"
#include "proxy/http/h1_syntax.h"
#include "proxy/net/loop.h"
#include "proxy/net/resolver_channel.h"
#include "proxy/server/demo.h"
#include "proxy/server/server.h"

namespace poise {
namespace {

constexpr int kEnvironmentFault = 3;

void print_error(const std::string& text) { std::fputs(text.c_str(), stderr); }

void print_diagnostics(const conf::Diagnostics& diagnostics) {
  print_error(conf::render(diagnostics, ::isatty(STDERR_FILENO) == 1));
}

// Before the configuration is read: a secret may be among it. Why not has been printed.
std::optional<server::Origin> origin_of(server::Program program) {
  auto inherited = server::inherit();
  if (inherited) return server::Origin{std::move(program), std::move(*inherited)};
  print_error("poise: " + inherited.error() + "\n");
  return std::nullopt;
}

int serve(const conf::Config& config, server::ConfigSource source, server::Origin origin) {
  net::ignore_broken_pipes();
  server::Server server(config, std::move(source), std::move(origin));
  admin::Facilities facilities{server, POISE_VERSION};
  admin::Admin admin(server.loop(), admin::endpoints(facilities));
  server.add_port(admin);
  const auto opened = server.open();
  if (!opened) {
    print_error("poise: " + opened.error() + "\n");
    return kEnvironmentFault;
  }
  return server.run();
}

// Whatever is wrong with `loaded` has been printed when this returns nothing.
std::optional<conf::Config> accepted(const conf::Loaded& loaded,
                                     const conf::Diagnostics& warnings) {
  if (!loaded) {
    print_diagnostics(loaded.error());
    return std::nullopt;
  }
  print_diagnostics(warnings);
  return loaded.value();
}

std::string quoted_list(const std::string& addresses) {
  std::string list = "[";
  std::size_t begin = 0;
  while (begin <= addresses.size()) {
    const std::size_t comma = std::min(addresses.find(',', begin), addresses.size());
    if (list.size() > 1) list += ", ";
    list += "\"" + addresses.substr(begin, comma - begin) + "\"";
    begin = comma + 1;
  }
  return list + "]";
}

std::string quick_config(const QuickRun& quick) {
  return "listeners:\n  - bind: \"" + quick.listen + "\"\n    pool: app\npools:\n  app:\n" +
         "    backends: " + quoted_list(quick.to) + "\n    balance: " + quick.balance + "\n";
}

}  // namespace

int run_file(const std::string& path, server::Program program) {
  auto origin = origin_of(std::move(program));
  if (!origin) return kEnvironmentFault;
  conf::Diagnostics warnings;
  const conf::Loaded loaded = conf::load_file(path, &warnings);
  const auto config = accepted(loaded, warnings);
  if (!config) return conf::exit_code_of(loaded.error());
  return serve(
      *config, [path](conf::Diagnostics& odd) { return conf::load_file(path, &odd); },
      std::move(*origin));
}

int run_quick(const QuickRun& quick, server::Program program) {
  auto origin = origin_of(std::move(program));
  if (!origin) return kEnvironmentFault;
  conf::Diagnostics warnings;
  const conf::Loaded loaded = conf::load_text(quick_config(quick), "command line", &warnings);
  const auto config = accepted(loaded, warnings);
  if (!config) return conf::exit_code_of(loaded.error());
  return serve(*config, nullptr, std::move(*origin));
}

int check_file(const std::string& path, bool as_json) {
  conf::Diagnostics warnings;
  const conf::Loaded loaded = conf::load_file(path, &warnings);
  const conf::Diagnostics& said = loaded ? warnings : loaded.error();
  if (as_json) {
    std::fputs(conf::render_json(said).c_str(), stdout);
  } else {
    print_diagnostics(said);
    if (loaded) std::printf("%s: fine\n", path.c_str());
  }
  return loaded ? 0 : conf::exit_code_of(said);
}

int run_demo(const std::string& listen) {
  net::ignore_broken_pipes();
  net::Loop backends_loop;
  auto demo = server::Demo::open(backends_loop);
  if (!demo) {
    print_error("poise: " + demo.error() + "\n");
    return kEnvironmentFault;
  }
  std::string text = quick_config({listen, demo->addresses(), "round-robin"});
  text += "log: { access: { to: stdout } }\nshutdown: { drain: 2s }\n";
  const conf::Loaded loaded = conf::load_text(text, "demo");
  if (!loaded) {
    print_diagnostics(loaded.error());
    return conf::exit_code_of(loaded.error());
  }
  server::Server server(loaded.value());
  const auto opened = server.open();
  if (!opened) {
    print_error("poise: " + opened.error() +
                "\n       choose another: poise demo --listen :8090\n");
    return kEnvironmentFault;
  }
  const std::string at = server.bound().front().front().text();
  const std::string port = at.substr(at.rfind(':') + 1);
  std::fprintf(
      stderr,
      "\npoise demo: a load balancer at http://127.0.0.1:%s/ in front of three backends\n"
      "inside this process (%s). Each request is a line of JSON below.\n\n"
      "Try in another terminal:\n"
      "  curl http://127.0.0.1:%s/                                # again and again: they take "
      "turns\n"
      "  curl -X POST http://%s/fail                 # backend-1 refuses connections for 10 s\n"
      "  while sleep 0.3; do curl -s http://127.0.0.1:%s/; done   # watch: no request fails\n\n",
      port.c_str(), demo->addresses().c_str(), port.c_str(),
      demo->backends.front()->address().text().c_str(), port.c_str());
  std::thread backends([&] { backends_loop.run(); });
  const int code = server.run();
  backends_loop.stop();
  backends.join();
  return code;
}

int print_schema() {
  std::fputs(conf::schema_text().c_str(), stdout);
  return 0;
}

int print_version() {
  std::printf("poise %s (%s)\nlibuv %s\nc-ares %s\nllhttp %s\n", POISE_VERSION, POISE_BUILD_TYPE,
              net::event_library_version(), net::resolver_library_version(),
              http::parser_library_version());
  return 0;
}

}  // namespace poise
