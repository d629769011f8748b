// Certificates in PEM files, which others replace at any time: by writing, by renaming, or by
// turning a symbolic link of any folder above them. On the control thread.
#pragma once

#include "proxy/net/file_stamp.h"
#include "tls/certificate_source.h"
#include "tls/tls_config.h"

namespace poise::tls {

class FileCertificates final : public CertificateSource {
 public:
  explicit FileCertificates(CertificateFiles files) : files_(std::move(files)) {}

  LoadedCertificate load() override;
  bool has_changed() const override;
  std::vector<std::string> folders() const override;

 private:
  struct Stamps {
    net::FileStamp cert;
    net::FileStamp key;
    net::FileStamp ocsp;
    bool operator==(const Stamps&) const = default;
  };
  Stamps stamps_now() const;

  CertificateFiles files_;
  Stamps stamps_;
};

// Where a change of the file shows.
std::string folder_of(const std::string& path);

// A regular file of at most a megabyte; the error is in words: "cannot be read: …".
base::Result<std::string, std::string> read_small_file(const std::string& path);

}  // namespace poise::tls
