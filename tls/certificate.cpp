#include "tls/certificate.h"

#include <openssl/ocsp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "tls/peer_certificate.h"

namespace poise::tls {
namespace {

using base::Failure;

using OcspPtr = std::unique_ptr<OCSP_RESPONSE, FreeWith<&OCSP_RESPONSE_free>>;

Failure<CertificateFault> fault(CertificatePart part, const std::string& title,
                                const std::string& what) {
  return Failure{CertificateFault{part, "'" + title + "' " + what}};
}

BioPtr reader_of(const std::string& text) {
  return BioPtr(::BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// The end of the text shows as an error, too.
std::vector<X509Ptr> read_chain(const std::string& pem) {
  std::vector<X509Ptr> chain;
  const BioPtr reader = reader_of(pem);
  while (X509* one = ::PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)) {
    chain.emplace_back(one);
  }
  (void)take_error_text();
  return chain;
}

int no_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

KeyPtr read_key(const std::string& pem, bool& is_encrypted) {
  const BioPtr reader = reader_of(pem);
  KeyPtr key(::PEM_read_bio_PrivateKey(reader.get(), nullptr, &no_passphrase, &is_encrypted));
  (void)take_error_text();
  return key;
}

bool fits(X509& certificate, EVP_PKEY& key) {
  const bool fitting = ::X509_check_private_key(&certificate, &key) == 1;
  (void)take_error_text();
  return fitting;
}

base::WallTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (::ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return base::WallTime(std::chrono::seconds(::timegm(&parts)));
}

// RFC 6960 section 4.2.1: anything but "successful" tells clients nothing.
bool is_usable_ocsp(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const OcspPtr response(::d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(der.size())));
  (void)take_error_text();
  return response != nullptr &&
         ::OCSP_response_status(response.get()) == OCSP_RESPONSE_STATUS_SUCCESSFUL;
}

std::string mismatch_words(const std::vector<X509Ptr>& chain, EVP_PKEY& key,
                           const CertificateTexts& texts) {
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (fits(*chain[i], key)) {
      return "has its certificates in the wrong order: the server's own must come first";
    }
  }
  return "is not the key of certificate '" + texts.title + "'";
}

}  // namespace

LoadedCertificate make_certificate(const CertificateTexts& texts) {
  auto certificate = std::make_shared<Certificate>();
  std::vector<X509Ptr> chain = read_chain(texts.cert);
  if (chain.empty()) {
    return fault(CertificatePart::cert, texts.title, "holds no certificate in PEM");
  }
  bool is_encrypted = false;
  certificate->key = read_key(texts.key, is_encrypted);
  if (is_encrypted) {
    return fault(CertificatePart::key, texts.key_title,
                 "is protected by a passphrase, which nobody could type at a restart");
  }
  if (certificate->key == nullptr) {
    return fault(CertificatePart::key, texts.key_title, "holds no private key in PEM");
  }
  if (!fits(*chain.front(), *certificate->key)) {
    return fault(CertificatePart::key, texts.key_title,
                 mismatch_words(chain, *certificate->key, texts));
  }
  if (!texts.ocsp.empty() && !is_usable_ocsp(texts.ocsp)) {
    return fault(CertificatePart::ocsp, texts.ocsp_title, "holds no OCSP response in DER");
  }
  certificate->title = texts.title;
  certificate->leaf = std::move(chain.front());
  chain.erase(chain.begin());
  certificate->chain = std::move(chain);
  certificate->names = dns_names_of(*certificate->leaf);
  certificate->fingerprint = fingerprint_of(*certificate->leaf);
  certificate->ocsp = texts.ocsp;
  certificate->not_before = time_of(::X509_get0_notBefore(certificate->leaf.get()));
  certificate->not_after = time_of(::X509_get0_notAfter(certificate->leaf.get()));
  return CertificatePtr(std::move(certificate));
}

bool is_same(const Certificate& a, const Certificate& b) {
  return a.fingerprint == b.fingerprint && a.ocsp == b.ocsp &&
         std::equal(
             a.chain.begin(), a.chain.end(), b.chain.begin(), b.chain.end(),
             [](const X509Ptr& x, const X509Ptr& y) { return ::X509_cmp(x.get(), y.get()) == 0; });
}

}  // namespace poise::tls
