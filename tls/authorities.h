// The certificates of authorities from a PEM file: whose signature is to be trusted.
#pragma once

#include <string>

#include "proxy/base/result.h"
#include "tls/handles.h"

namespace poise::tls {

using StorePtr = std::unique_ptr<X509_STORE, FreeWith<&X509_STORE_free>>;

struct Authorities {
  StorePtr store;
  std::string pem;
  std::size_t count = 0;
};
// The error is in words: "holds no certificate in PEM".
base::Result<Authorities, std::string> read_authorities(std::string pem);
base::Result<Authorities, std::string> load_authorities(const std::string& path);

// Their names, which a server tells a client that is to choose a certificate.
STACK_OF(X509_NAME) * names_of_authorities(const std::string& pem);

}  // namespace poise::tls
