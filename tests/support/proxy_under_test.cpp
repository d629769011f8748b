#include "tests/support/proxy_under_test.h"

#include <cstdlib>
#include <stdexcept>

#include "tests/support/blocking_socket.h"

namespace poise::support {
namespace {

std::string torture_config(std::uint16_t backend_port) {
  return R"(workers: 1
listeners:
  - bind: 127.0.0.1:0
    timeouts: { header: 2s, body_idle: 2s, idle: 10s }
    limits: { header_bytes: 16KiB, headers: 60, uri_bytes: 4KiB }
    routes:
      - match: { path: /denied }
        respond: { status: 403, body: denied }
      - pool: app
pools:
  app:
    backends: ["127.0.0.1:)" +
         std::to_string(backend_port) + R"("]
    timeouts: { response_header: 1s, response_idle: 1s }
    retry: { min_per_second: 1000, backoff: 1ms }
)";
}

}  // namespace

bool is_listening(std::uint16_t port, Deadline deadline) {
  return comes_true([port] { return BlockingSocket::connect_to(port).is_open(); }, deadline);
}

bool ProxyUnderTest::is_alive() {
  if (BlockingSocket::connect_to(port_).is_open()) return true;
  if (process().wait_for_exit()) process().standard_error().wait_for_end();
  return false;
}

ProxyUnderTest::ProxyUnderTest(std::uint16_t backend_port) {
  const char* chosen = std::getenv("POISE_TORTURE_PROXY");
  const std::string name = chosen == nullptr ? "poise" : chosen;
  if (name == "poise") {
    poise_ = std::make_unique<LivePoise>(torture_config(backend_port));
    port_ = poise_->port();
  } else if (name == "nginx") {
    start_nginx(backend_port);
  } else if (name == "haproxy") {
    start_haproxy(backend_port);
  } else {
    throw std::invalid_argument("POISE_TORTURE_PROXY: no such proxy: " + name);
  }
}

std::unique_ptr<ChildProcess> start_nginx(const ScratchFolder& folder, const std::string& http) {
  std::string temporary;
  for (const std::string kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    temporary += kind + "_temp_path " + folder.path(kind) + ";\n";
  const std::string file = folder.write(
      "nginx.conf",
      "daemon off;\nmaster_process off;\nworker_processes 1;\nerror_log stderr;\npid " +
          folder.path("nginx.pid") + ";\nevents {}\nhttp {\naccess_log off;\n" + temporary + http +
          "}\n");
  return std::make_unique<ChildProcess>(
      std::vector<std::string>{"/usr/sbin/nginx", "-e", "stderr", "-c", file});
}

void ProxyUnderTest::start_nginx(std::uint16_t backend_port) {
  port_ = unused_port();
  peer_ = support::start_nginx(folder_,
                               "client_header_timeout 2s; client_body_timeout 2s;\n"
                               "upstream app { server 127.0.0.1:" +
                                   std::to_string(backend_port) +
                                   "; keepalive 8; }\n"
                                   "server { listen 127.0.0.1:" +
                                   std::to_string(port_) +
                                   ";\n"
                                   "location / { proxy_pass http://app; proxy_http_version 1.1; "
                                   "proxy_request_buffering off;\n"
                                   "proxy_set_header Connection ''; proxy_set_header Host "
                                   "$http_host; proxy_read_timeout 1s; }\n"
                                   "location /denied { return 403; } }\n");
  if (!is_listening(port_)) throw std::runtime_error("nginx did not start: " + error_output());
}

void ProxyUnderTest::start_haproxy(std::uint16_t backend_port) {
  port_ = unused_port();
  const std::string file = folder_.write(
      "haproxy.cfg",
      "global\n nbthread 1\ndefaults\n mode http\n timeout client 2s\n timeout connect 2s\n"
      " timeout server 1s\n timeout http-request 2s\n http-reuse always\n"
      "frontend in\n bind 127.0.0.1:" +
          std::to_string(port_) +
          "\n"
          " http-request deny if { path_beg /denied }\n default_backend app\n"
          "backend app\n retries 2\n server one 127.0.0.1:" +
          std::to_string(backend_port) + "\n");
  peer_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{"/usr/sbin/haproxy", "-db", "-f", file});
  if (!is_listening(port_)) throw std::runtime_error("haproxy did not start: " + error_output());
}

}  // namespace poise::support
