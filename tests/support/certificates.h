// Certificates for one test, made by the openssl program in a folder of the test's own, and that
// program as a client. Used by one thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/scratch_folder.h"

namespace poise::support {

struct CertificateFiles {
  std::string cert;
  std::string key;
};

class Certificates {
 public:
  // Signed by itself, P-256, for 30 days. `name` is its common name and, with `more`, its names.
  CertificateFiles make(const std::string& name, const std::vector<std::string>& more = {});
  CertificateFiles make_rsa(const std::string& name);
  CertificateFiles make_authority(const std::string& name);
  CertificateFiles make_signed(const std::string& name, const CertificateFiles& authority);
  // A response of the authority that says "good"; the path of its DER.
  std::string make_ocsp(const CertificateFiles& certificate, const CertificateFiles& authority);

  const ScratchFolder& folder() const { return folder_; }

 private:
  CertificateFiles make(const std::string& name, const std::vector<std::string>& names,
                        const std::vector<std::string>& options);

  ScratchFolder folder_;
  int made_ = 0;
};

// "{ cert: …, key: … }"
std::string in_yaml(const CertificateFiles& files);

// What `openssl s_client` said of one connection, on which a request was sent that asks for the
// connection to be closed. `options` begin with a space.
std::string s_client(std::uint16_t port, const std::string& options,
                     const std::string& input =
                         "GET / HTTP/1.1\\r\\nHost: a.test\\r\\nX-Id: s\\r\\n"
                         "Connection: close\\r\\n\\r\\n");

struct CurlAnswer {
  int exit_code = -1;
  std::string output;  // head and body
  std::string error;
};
// Over HTTPS, any certificate will do.
CurlAnswer curl_tls(std::uint16_t port, const std::vector<std::string>& options = {});

}  // namespace poise::support
