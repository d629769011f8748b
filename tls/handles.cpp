#include "tls/handles.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <cstring>

namespace poise::tls {

std::string take_error_text() {
  const unsigned long code = ::ERR_peek_last_error();
  ::ERR_clear_error();
  if (code == 0) return {};
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));
  const char* reason = ::ERR_reason_error_string(code);
  return reason != nullptr ? reason : "OpenSSL error " + std::to_string(code);
}

const char* library_version() { return ::OpenSSL_version(OPENSSL_VERSION_STRING); }

}  // namespace poise::tls
