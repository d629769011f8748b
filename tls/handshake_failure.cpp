#include "tls/handshake_failure.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <array>

namespace poise::tls {

HandshakeResult result_of_error(unsigned long code) {
  if (code == 0 || ERR_GET_LIB(code) != ERR_LIB_SSL) return HandshakeResult::malformed;
  const int reason = ERR_GET_REASON(code);
  // Beyond this, the reason is an alert the peer sent.
  if (reason >= SSL_AD_REASON_OFFSET) return HandshakeResult::alert;
  switch (reason) {
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SHARED_GROUPS:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
    case SSL_R_NO_APPLICATION_PROTOCOL:
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_INAPPROPRIATE_FALLBACK:
      return HandshakeResult::incompatible;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
    case SSL_R_NO_CERTIFICATES_RETURNED:
      return HandshakeResult::certificate;
    default:
      return HandshakeResult::malformed;
  }
}

std::string_view to_text(HandshakeResult result) {
  constexpr std::array<std::string_view, kHandshakeResultCount> kTexts{
      "ok",           "timeout",     "closed", "plain_http", "incompatible",
      "unknown_name", "certificate", "alert",  "malformed",  "shed"};
  return kTexts[static_cast<std::size_t>(result)];
}

}  // namespace poise::tls
