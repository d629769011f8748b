#include "tls/server_endpoint.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "proxy/base/check.h"
#include "tls/authorities.h"
#include "tls/setup_parts.h"

namespace poise::tls {
namespace {

using base::Failure;

// Forward secrecy and AEAD only; AES-128 first, as it is the quickest where both are safe, ChaCha20
// first for clients that prefer it (they have no AES in hardware).
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* kSuites =
    "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

Negotiation& negotiation_of(SSL* ssl) { return *static_cast<Negotiation*>(SSL_get_app_data(ssl)); }

int choose_by_name(SSL* ssl, int* alert, void*) {
  Negotiation& negotiation = negotiation_of(ssl);
  const char* name = ::SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  SSL_CTX* setup = negotiation.endpoint->setup_for(name == nullptr ? "" : name);
  if (setup == nullptr) {
    negotiation.name_unknown = true;
    *alert = SSL_AD_UNRECOGNIZED_NAME;
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }
  ::SSL_set_SSL_CTX(ssl, setup);
  return SSL_TLSEXT_ERR_OK;
}

int choose_protocol(SSL* ssl, const unsigned char** out, unsigned char* size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  const std::string& ours = negotiation_of(ssl).endpoint->protocols();
  unsigned char* chosen = nullptr;
  const int result =
      ::SSL_select_next_proto(&chosen, size, reinterpret_cast<const unsigned char*>(ours.data()),
                              static_cast<unsigned>(ours.size()), offered, offered_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

// The certificate has been chosen by now.
int staple_status(SSL* ssl, void*) {
  const X509* sent = ::SSL_get_certificate(ssl);
  for (const CertificatePtr& one : negotiation_of(ssl).endpoint->certificates()) {
    if (one->leaf.get() != sent || one->ocsp.empty()) continue;
    // OpenSSL frees it with its own function.
    void* copy = OPENSSL_memdup(one->ocsp.data(), one->ocsp.size());
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(one->ocsp.size()));
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

// What OpenSSL's macros do with a cast of the old kind.
template <class Callback>
void set_callback(SSL_CTX* setup, int which, Callback callback) {
  ::SSL_CTX_callback_ctrl(setup, which, reinterpret_cast<void (*)()>(callback));
}

int verify_mode(ClientAuth auth) {
  if (auth == ClientAuth::none) return SSL_VERIFY_NONE;
  if (auth == ClientAuth::optional) return SSL_VERIFY_PEER;
  return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

// The same for every process with the same terms, so that they resume each other's sessions.
std::string scope_of(ClientAuth auth, const std::string& authorities) {
  std::string terms = "poise ";
  terms += static_cast<char>('0' + static_cast<int>(auth));
  terms += authorities;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  POISE_CHECK(
      ::EVP_Digest(terms.data(), terms.size(), digest.data(), &size, ::EVP_sha256(), nullptr) == 1);
  return {reinterpret_cast<const char*>(digest.data()),
          std::min<std::size_t>(size, SSL_MAX_SID_CTX_LENGTH)};
}

}  // namespace

base::Result<ServerEndpointPtr, std::string> ServerEndpoint::make(Parts parts) {
  POISE_CHECK(!parts.certificates.empty() && !parts.ticket_keys.all().empty());
  std::shared_ptr<ServerEndpoint> endpoint(new ServerEndpoint(std::move(parts)));
  std::string fault = endpoint->compile();
  if (!fault.empty()) return Failure{std::move(fault)};
  return ServerEndpointPtr(std::move(endpoint));
}

bool ServerEndpoint::is_made_of(const Parts& parts) const {
  if (!(parts_.config == parts.config) || parts_.certificates != parts.certificates) return false;
  if (!(parts_.ticket_keys == parts.ticket_keys)) return false;
  if (parts_.answers_plain_http != parts.answers_plain_http) return false;
  if (parts.config.client_auth == ClientAuth::none) return true;
  const auto trusted = load_authorities(parts.config.client_ca);
  return trusted && scope_of(parts.config.client_auth, trusted->pem) == session_scope_;
}

ServerEndpointPtr ServerEndpoint::with(TicketKeys keys) const {
  std::shared_ptr<ServerEndpoint> other(new ServerEndpoint(*this));
  other->parts_.ticket_keys = std::move(keys);
  return other;
}

SslPtr ServerEndpoint::begin(Negotiation& negotiation) const {
  SslPtr ssl(::SSL_new(setups_->all.front().get()));
  POISE_CHECK(ssl != nullptr);
  SSL_set_app_data(ssl.get(), &negotiation);
  ::SSL_set_accept_state(ssl.get());
  return ssl;
}

SSL_CTX* ServerEndpoint::setup_for(std::string_view name) const {
  if (const auto found = setups_->by_name.find(name)) return setups_->all[*found].get();
  if (parts_.config.unknown_name == UnknownName::reject) return nullptr;
  return setups_->all.front().get();
}

// ---- made once
// -----------------------------------------------------------------------------------

// One certificate of each kind of key that stands for the name, beginning with `first`.
ServerEndpoint::Bundle ServerEndpoint::bundle_with(std::size_t first,
                                                   const std::string& name) const {
  Bundle bundle{first};
  for (std::size_t i = 0; i < parts_.certificates.size(); ++i) {
    const Certificate& one = *parts_.certificates[i];
    const bool names_it = std::find(one.names.begin(), one.names.end(), name) != one.names.end();
    const bool is_new_kind = std::none_of(bundle.begin(), bundle.end(), [&](std::size_t other) {
      return parts_.certificates[other]->key_type() == one.key_type();
    });
    if (names_it && is_new_kind) bundle.push_back(i);
  }
  return bundle;
}

std::string ServerEndpoint::compile() {
  protocols_ = protocol_list(parts_.config.alpn);
  Authorities trusted;
  if (parts_.config.client_auth != ClientAuth::none) {
    auto loaded = load_authorities(parts_.config.client_ca);
    if (!loaded) return "client_ca '" + parts_.config.client_ca + "' " + loaded.error();
    trusted = std::move(*loaded);
  }
  session_scope_ = scope_of(parts_.config.client_auth, trusted.pem);
  auto setups = std::make_shared<Setups>();
  std::map<Bundle, std::size_t> known;
  const auto setup_of = [&](const Bundle& bundle, std::string& fault) {
    const auto [entry, is_new] = known.emplace(bundle, setups->all.size());
    if (is_new) fault = add_setup(bundle, trusted, *setups);
    return entry->second;
  };
  for (std::size_t i = 0; i < parts_.certificates.size(); ++i) {
    std::vector<std::string> names = parts_.certificates[i]->names;
    // One without a name can still be the default.
    if (names.empty()) names.emplace_back();
    for (const std::string& name : names) {
      if (!name.empty() && setups->by_name.has(name)) continue;
      std::string fault;
      const std::size_t setup = setup_of(bundle_with(i, name), fault);
      if (!fault.empty()) return fault;
      if (!name.empty()) setups->by_name.add(name, setup);
    }
  }
  setups_ = std::move(setups);
  return {};
}

std::string ServerEndpoint::add_setup(const Bundle& bundle, const Authorities& trusted,
                                      Setups& setups) const {
  SslCtxPtr setup(::SSL_CTX_new(::TLS_server_method()));
  POISE_CHECK(setup != nullptr);
  std::string fault = configure(setup.get(), trusted);
  for (const std::size_t index : bundle) {
    if (!fault.empty()) return fault;
    fault = use_certificate(setup.get(), *parts_.certificates[index]);
  }
  setups.all.push_back(std::move(setup));
  return fault;
}

std::string ServerEndpoint::configure(SSL_CTX* setup, const Authorities& trusted) const {
  const ServerConfig& config = parts_.config;
  SSL_CTX_set_min_proto_version(
      setup, config.min_version == Version::tls_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
  const char* ciphers = config.ciphers.empty() ? kCiphers : config.ciphers.c_str();
  if (::SSL_CTX_set_cipher_list(setup, ciphers) != 1) {
    return "ciphers cannot be used: " + take_error_text();
  }
  POISE_CHECK(::SSL_CTX_set_ciphersuites(setup, kSuites) == 1);
  ::SSL_CTX_set_options(setup, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  set_up_io(setup);
  // Tickets only: nothing is kept for clients that may never come back.
  SSL_CTX_set_session_cache_mode(setup, SSL_SESS_CACHE_OFF);
  ::SSL_CTX_set_num_tickets(setup, 1);
  ::SSL_CTX_set_timeout(setup,
                        std::chrono::duration_cast<std::chrono::seconds>(kSessionLifetime).count());
  SSL_CTX_set_tlsext_ticket_key_evp_cb(setup, &seal_or_open_ticket);
  ::SSL_CTX_set_session_id_context(setup,
                                   reinterpret_cast<const unsigned char*>(session_scope_.data()),
                                   static_cast<unsigned>(session_scope_.size()));
  set_callback(setup, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, &choose_by_name);
  set_callback(setup, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, &staple_status);
  if (!protocols_.empty()) ::SSL_CTX_set_alpn_select_cb(setup, &choose_protocol, nullptr);
  ::SSL_CTX_set_verify(setup, verify_mode(config.client_auth), nullptr);
  if (trusted.store == nullptr) return {};
  SSL_CTX_set1_cert_store(setup, trusted.store.get());
  ::SSL_CTX_set_client_CA_list(setup, names_of_authorities(trusted.pem));
  return {};
}

std::string fault_of_ciphers(const std::string& ciphers) {
  const SslCtxPtr setup(::SSL_CTX_new(::TLS_server_method()));
  if (::SSL_CTX_set_cipher_list(setup.get(), ciphers.c_str()) == 1) return {};
  (void)take_error_text();
  return "names no cipher that OpenSSL knows";
}

std::string fault_of_authorities(const std::string& path) {
  const auto loaded = load_authorities(path);
  return loaded ? std::string() : "'" + path + "' " + loaded.error();
}

}  // namespace poise::tls
