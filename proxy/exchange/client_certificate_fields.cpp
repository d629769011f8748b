#include "proxy/exchange/client_certificate_fields.h"

#include <string_view>

namespace poise::exchange {
namespace {

constexpr std::string_view kPrefix = "X-Client-Cert-";

// Underscores too: there are servers to which they are the same.
bool is_reserved(std::string_view name) {
  if (name.size() < kPrefix.size()) return false;
  for (std::size_t i = 0; i < kPrefix.size(); ++i) {
    const char c = name[i] == '_' ? '-' : name[i];
    const std::string_view one(&c, 1);
    if (!http::equal_ignoring_case(one, kPrefix.substr(i, 1))) return false;
  }
  return true;
}

}  // namespace

void apply_certificate_fields(http::RequestHead& head, CertificateFields policy,
                              const tls::Facts* tls) {
  if (policy == CertificateFields::untouched) return;
  head.fields.remove_if([](const http::Field& field) { return is_reserved(field.name); });
  if (policy == CertificateFields::removed || tls == nullptr || tls->peer.empty()) return;
  const tls::PeerCertificate& peer = tls->peer.front();
  const auto tell = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) head.fields.add(head.arena, name, value);
  };
  tell("X-Client-Cert-Subject", peer.subject);
  tell("X-Client-Cert-San", peer.names);
  tell("X-Client-Cert-Fingerprint", peer.fingerprint);
  tell("X-Client-Cert-Serial", peer.serial);
}

}  // namespace poise::exchange
