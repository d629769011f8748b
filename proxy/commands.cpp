#include "proxy/commands.h"

#include <unistd.h>

#include <cstdio>
#include <optional>
#include <utility>

#include "conf/load.h"
#include "conf/print.h"
#include "conf/schema.h"
#include "proxy/admin/admin.h"
#include "proxy/admin/endpoints.h"
#include "proxy/base/log.h"
#include "proxy/explain/route_tests.h"
#include "proxy/http/h1_syntax.h"
#include "proxy/net/loop.h"
#include "proxy/net/path_watch.h"
#include "proxy/net/resolver_channel.h"
#include "proxy/server/server.h"

namespace poise {
namespace {

constexpr int kEnvironmentFault = 3;

void print_error(const std::string& text) { std::fputs(text.c_str(), stderr); }

void print_diagnostics(const conf::Diagnostics& diagnostics) {
  print_error(conf::render(diagnostics, ::isatty(STDERR_FILENO) == 1));
}

// A path, and what it led to before it was read.
struct Watched {
  std::string path;
  net::PathStamp seen;
};

// Before the configuration is read: a secret may be among it. Why not has been printed.
std::optional<server::Origin> origin_of(server::Program program) {
  auto inherited = server::inherit();
  if (inherited) return server::Origin{std::move(program), std::move(*inherited)};
  print_error("poise: " + inherited.error() + "\n");
  return std::nullopt;
}

int serve(const conf::Config& config, server::ConfigSource source, server::Origin origin,
          const std::optional<Watched>& watched = std::nullopt) {
  net::ignore_broken_pipes();
  server::Server server(config, std::move(source), std::move(origin));
  admin::Facilities facilities{server, POISE_VERSION};
  admin::Admin admin(server.loop(), admin::endpoints(facilities));
  server.add_port(admin);
  std::optional<net::PathWatch> watch;
  if (watched) {
    watch.emplace(server.loop(), watched->path, watched->seen, [&server, path = watched->path] {
      base::log(base::Level::info, "{} has changed", path);
      server.reload();
    });
  }
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

int run_file(const std::string& path, bool watch, server::Program program) {
  auto origin = origin_of(std::move(program));
  if (!origin) return kEnvironmentFault;
  const net::PathStamp seen = net::PathStamp::of(path);
  conf::Diagnostics warnings;
  const conf::Loaded loaded = explain::load_tested_file(path, warnings);
  const auto config = accepted(loaded, warnings);
  if (!config) return conf::exit_code_of(loaded.error());
  server::ConfigSource source{
      .load = [path](conf::Diagnostics& odd) { return explain::load_tested_file(path, odd); },
      .read = [path](const std::string& text,
                     conf::Diagnostics& odd) { return explain::load_tested_text(text, path, odd); },
  };
  return serve(*config, std::move(source), std::move(*origin),
               watch ? std::optional(Watched{path, seen}) : std::nullopt);
}

int run_quick(const QuickRun& quick, server::Program program) {
  auto origin = origin_of(std::move(program));
  if (!origin) return kEnvironmentFault;
  conf::Diagnostics warnings;
  const conf::Loaded loaded = conf::load_text(quick_config(quick), "command line", &warnings);
  const auto config = accepted(loaded, warnings);
  if (!config) return conf::exit_code_of(loaded.error());
  return serve(*config, {}, std::move(*origin));
}

int check_file(const std::string& path, bool as_json) {
  conf::Diagnostics warnings;
  const conf::Loaded loaded = explain::load_tested_file(path, warnings);
  const conf::Diagnostics& said = loaded ? warnings : loaded.error();
  if (as_json) {
    std::fputs(conf::render_json(said).c_str(), stdout);
  } else {
    print_diagnostics(said);
    if (loaded) std::printf("%s: fine\n", path.c_str());
  }
  return loaded ? 0 : conf::exit_code_of(said);
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
