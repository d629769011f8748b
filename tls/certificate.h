// A server's certificate with its chain, its private key and what clients may be told with it
// (OCSP). Loaded and judged on the control thread, then constant and shared by all workers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/base/clock.h"
#include "proxy/base/result.h"
#include "tls/handles.h"

namespace poise::tls {

struct Certificate {
  std::string title;  // for messages: the path it came from
  X509Ptr leaf;
  std::vector<X509Ptr> chain;  // what links it to an authority, without the leaf
  KeyPtr key;
  std::vector<std::string> names;  // whom it is for: lower case, may begin with "*."
  std::string fingerprint;
  std::string ocsp;  // DER; empty: none
  base::WallTime not_before{};
  base::WallTime not_after{};

  int key_type() const { return ::EVP_PKEY_get_base_id(key.get()); }
};
using CertificatePtr = std::shared_ptr<const Certificate>;

// What a file was needed for, so that a message can point at its setting.
enum class CertificatePart : std::uint8_t { cert, key, ocsp };
struct CertificateFault {
  CertificatePart part = CertificatePart::cert;
  std::string message;  // "'site.pem' holds no certificate"
};
using LoadedCertificate = base::Result<CertificatePtr, CertificateFault>;

struct CertificateTexts {
  std::string title;  // of the certificate's file
  std::string cert;   // PEM: the leaf first, then its chain
  std::string key_title;
  std::string key;  // PEM, without passphrase
  std::string ocsp_title;
  std::string ocsp;  // DER, or empty
};
// Judges that key and certificate belong together, not whether it is expired.
LoadedCertificate make_certificate(const CertificateTexts& texts);

// What clients are shown would be the same.
bool is_same(const Certificate& a, const Certificate& b);

}  // namespace poise::tls
