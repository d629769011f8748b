#include "proxy/admin/liveness.h"

namespace poise::admin {
namespace {

Answer said(int status, std::string text) {
  return {.status = status, .type = kPlainText, .body = std::move(text) + '\n'};
}

}  // namespace

void tell_alive(Facilities&, const Request&, Reply reply) { reply.send(said(200, "alive")); }

void tell_ready(Facilities& facilities, const Request&, Reply reply) {
  switch (facilities.server.state()) {
    case server::RunState::starting:
      return reply.send(said(503, "starting"));
    case server::RunState::running:
      return reply.send(said(200, "ready"));
    case server::RunState::draining:
      return reply.send(said(503, "draining"));
  }
}

}  // namespace poise::admin
