// A client that never got past its TLS handshake, counted and logged by the service it came to.
#pragma once

#include <string>

#include "proxy/exchange/handshake_failures.h"
#include "proxy/exchange/record_parts.h"

namespace poise::server {

// `service` is an HttpService or a TcpService, and has a cell for what no route took.
template <class Service>
void note_refused_client(Service& service, const std::string& listener, const net::Address& peer,
                         const tls::HandshakeFailure& failure) {
  const base::Error error = exchange::error_of(failure);
  exchange::RouteCells& cells = service.cells.at(service.cells.row_of_no_route());
  cells.failures[static_cast<std::size_t>(error.cause)].add();
  if (service.log == nullptr) return;
  if (!exchange::is_logged(service.plan->log, true, service.random)) return;
  const std::string client = peer.ip_text();
  const exchange::RecordId id(service.random());
  exchange::AccessRecord record = exchange::record_of(failure, client);
  record.id = id.text();
  record.listener = listener;
  service.log->append(record);
}

}  // namespace poise::server
