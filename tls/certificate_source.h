// Where a certificate comes from: files today. Whoever keeps listeners supplied with certificates
// (server::CertificateKeeper) knows nothing else of them. On the control thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tls/certificate.h"

namespace poise::tls {

class CertificateSource {
 public:
  virtual ~CertificateSource() = default;

  // What it has now. May be called again and again; the caller keeps what it got while this fails.
  virtual LoadedCertificate load() = 0;
  // Whether load() could tell something new since it was last called. Cheap.
  virtual bool has_changed() const = 0;
  // Folders in which a change is worth asking has_changed() at once.
  virtual std::vector<std::string> folders() const = 0;
};

}  // namespace poise::tls
