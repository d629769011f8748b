#include "tls/setup_parts.h"

#include "proxy/base/check.h"
#include "tls/socket_bio.h"

namespace poise::tls {
namespace {

constexpr const char* kGroups = "X25519:P-256:P-384";

}  // namespace

void set_up_io(SSL_CTX* setup) {
  ::SSL_CTX_set_options(setup, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(setup, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_read_ahead(setup, 1);
  ::SSL_CTX_set_info_callback(setup, &SocketBio::note_step);
  POISE_CHECK(SSL_CTX_set1_groups_list(setup, kGroups) == 1);
}

std::string use_certificate(SSL_CTX* setup, const Certificate& certificate) {
  STACK_OF(X509)* chain = sk_X509_new_null();
  for (const X509Ptr& link : certificate.chain) (void)sk_X509_push(chain, link.get());
  const int used =
      ::SSL_CTX_use_cert_and_key(setup, certificate.leaf.get(), certificate.key.get(), chain, 1);
  sk_X509_free(chain);
  if (used == 1) return {};
  return "certificate '" + certificate.title + "' cannot be used: " + take_error_text();
}

std::string protocol_list(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += static_cast<char>(name.size());
    list += name;
  }
  return list;
}

}  // namespace poise::tls
