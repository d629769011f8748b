// Certificates made in memory for tests, by OpenSSL: an authority and what it signs. Nothing here
// is ever written into the repository. Used by one thread.
#pragma once

#include <string>
#include <vector>

#include "tls/certificate.h"

namespace poise::test {

enum class KeyKind { ecdsa, rsa };

struct Wanted {
  std::string common_name = "test";
  std::vector<std::string> names{};  // DNS
  KeyKind key = KeyKind::ecdsa;
  int days_until_end = 30;  // negative: has ended
  bool is_authority = false;
};

struct MadeCertificate {
  std::string cert;  // PEM
  std::string key;   // PEM
};

// Signed by itself, or by `issuer`.
MadeCertificate make_certificate(const Wanted& wanted, const MadeCertificate* issuer = nullptr);

// Loaded as poise loads it; it must be sound.
tls::CertificatePtr load(const MadeCertificate& made);

}  // namespace poise::test
