#include "tls/client_endpoint.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <array>

#include "proxy/base/check.h"
#include "tls/authorities.h"
#include "tls/setup_parts.h"

namespace poise::tls {
namespace {

using base::Failure;

// OpenSSL gives away a count of the session when this returns 1.
int keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* slot = static_cast<SessionSlot*>(SSL_get_app_data(ssl));
  if (slot == nullptr) return 0;
  slot->keep(SslSessionPtr(session));
  return 1;
}

std::string digest_of(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  POISE_CHECK(
      ::EVP_Digest(text.data(), text.size(), digest.data(), &size, ::EVP_sha256(), nullptr) == 1);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string terms_of(const ClientSettings& settings) {
  std::string terms(settings.verify ? "verified\n" : "unverified\n");
  if (settings.certificate != nullptr) terms += settings.certificate->fingerprint;
  return digest_of(terms + '\n' + settings.authorities);
}

std::string scope_of(const SSL_SESSION* session) {
  unsigned size = 0;
  const unsigned char* scope = ::SSL_SESSION_get0_id_context(session, &size);
  return {reinterpret_cast<const char*>(scope), size};
}

std::string trust(SSL_CTX* setup, const ClientSettings& settings) {
  ::SSL_CTX_set_verify(setup, settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (settings.authorities.empty()) {
    (void)::SSL_CTX_set_default_verify_paths(setup);
    (void)take_error_text();
    return {};
  }
  const auto authorities = read_authorities(settings.authorities);
  if (!authorities) return "the file of authorities " + authorities.error();
  SSL_CTX_set1_cert_store(setup, authorities->store.get());
  return {};
}

}  // namespace

base::Result<ClientEndpointPtr, std::string> ClientEndpoint::make(const ClientSettings& settings) {
  SslCtxPtr setup(::SSL_CTX_new(::TLS_client_method()));
  POISE_CHECK(setup != nullptr);
  SSL_CTX_set_min_proto_version(setup.get(), TLS1_2_VERSION);
  set_up_io(setup.get());
  // Sessions are kept by backend in SessionSlots, never by OpenSSL.
  SSL_CTX_set_session_cache_mode(setup.get(),
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  ::SSL_CTX_sess_set_new_cb(setup.get(), &keep_session);
  const std::string protocols = protocol_list(settings.alpn);
  if (!protocols.empty()) {
    // 0 is success, unlike everywhere else.
    POISE_CHECK(::SSL_CTX_set_alpn_protos(setup.get(),
                                          reinterpret_cast<const unsigned char*>(protocols.data()),
                                          static_cast<unsigned>(protocols.size())) == 0);
  }
  std::string fault = trust(setup.get(), settings);
  if (fault.empty() && settings.certificate != nullptr) {
    fault = use_certificate(setup.get(), *settings.certificate);
  }
  if (!fault.empty()) return Failure{std::move(fault)};
  return ClientEndpointPtr(new ClientEndpoint(std::move(setup), terms_of(settings)));
}

SslPtr ClientEndpoint::begin(const std::string& name, SessionSlot* session) const {
  SslPtr ssl(::SSL_new(setup_.get()));
  POISE_CHECK(ssl != nullptr);
  ::SSL_set_connect_state(ssl.get());
  SSL_set_app_data(ssl.get(), session);
  X509_VERIFY_PARAM* terms = ::SSL_get0_param(ssl.get());
  if (::X509_VERIFY_PARAM_set1_ip_asc(terms, name.c_str()) != 1 && !name.empty()) {
    (void)take_error_text();
    ::X509_VERIFY_PARAM_set_hostflags(terms, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    POISE_CHECK(::X509_VERIFY_PARAM_set1_host(terms, name.data(), name.size()) == 1);
    (void)::SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                     const_cast<char*>(name.c_str()));
  }
  (void)take_error_text();
  if (session == nullptr) return ssl;
  const std::string scope = digest_of(terms_ + name);  // 32 bytes: SSL_MAX_SID_CTX_LENGTH
  POISE_CHECK(::SSL_set_session_id_context(ssl.get(),
                                           reinterpret_cast<const unsigned char*>(scope.data()),
                                           static_cast<unsigned>(scope.size())) == 1);
  const SslSessionPtr kept = session->take();
  if (kept != nullptr && scope_of(kept.get()) == scope) {
    (void)::SSL_set_session(ssl.get(), kept.get());
  }
  (void)take_error_text();
  return ssl;
}

}  // namespace poise::tls
