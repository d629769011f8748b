#include "tls/file_certificates.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "proxy/net/fd.h"

namespace poise::tls {
namespace {

using base::Failure;

constexpr std::size_t kMostBytes = std::size_t{1} << 20;

Failure<std::string> cannot_be_read(const char* why) {
  return Failure{std::string("cannot be read: ") + why};
}

Failure<CertificateFault> unreadable(CertificatePart part, const std::string& path,
                                     const std::string& why) {
  return Failure{CertificateFault{part, "'" + path + "' " + why}};
}

}  // namespace

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Without waiting: the path may lead to a pipe.
base::Result<std::string, std::string> read_small_file(const std::string& path) {
  const net::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return cannot_be_read(std::strerror(errno));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return cannot_be_read(std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return cannot_be_read("it is no regular file");
  std::string text(kMostBytes + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(fd.get(), text.data() + size, text.size() - size);
    if (count < 0) return cannot_be_read(std::strerror(errno));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > kMostBytes) return cannot_be_read("it is larger than 1 MiB");
  text.resize(size);
  return text;
}

// The stamps are taken first: what changes while it is read is read again.
LoadedCertificate FileCertificates::load() {
  stamps_ = stamps_now();
  auto cert = read_small_file(files_.cert);
  if (!cert) return unreadable(CertificatePart::cert, files_.cert, cert.error());
  auto key = read_small_file(files_.key);
  if (!key) return unreadable(CertificatePart::key, files_.key, key.error());
  std::string ocsp;
  if (!files_.ocsp.empty()) {
    auto response = read_small_file(files_.ocsp);
    if (!response) return unreadable(CertificatePart::ocsp, files_.ocsp, response.error());
    ocsp = std::move(*response);
  }
  return make_certificate({files_.cert, *cert, files_.key, *key, files_.ocsp, std::move(ocsp)});
}

FileCertificates::Stamps FileCertificates::stamps_now() const {
  return {net::FileStamp::of(files_.cert), net::FileStamp::of(files_.key),
          files_.ocsp.empty() ? net::FileStamp{} : net::FileStamp::of(files_.ocsp)};
}

bool FileCertificates::has_changed() const { return !(stamps_now() == stamps_); }

std::vector<std::string> FileCertificates::folders() const {
  std::vector<std::string> folders{folder_of(files_.cert), folder_of(files_.key)};
  if (!files_.ocsp.empty()) folders.push_back(folder_of(files_.ocsp));
  return folders;
}

}  // namespace poise::tls
