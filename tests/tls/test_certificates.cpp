#include "tests/tls/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "tests/net/bare_peer.h"

namespace poise::test {
namespace {

tls::KeyPtr make_key(KeyKind kind) {
  if (kind == KeyKind::ecdsa) return tls::KeyPtr(EVP_EC_gen("P-256"));
  return tls::KeyPtr(EVP_RSA_gen(2048));
}

std::string text_in(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
  const tls::BioPtr bio(::BIO_new(::BIO_s_mem()));
  must(::PEM_write_bio_X509(bio.get(), certificate) == 1);
  return text_in(bio.get());
}

std::string pem_of(EVP_PKEY* key) {
  const tls::BioPtr bio(::BIO_new(::BIO_s_mem()));
  must(::PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_in(bio.get());
}

void add_extension(X509* certificate, X509V3_CTX& setup, int what, const std::string& value) {
  X509_EXTENSION* extension = ::X509V3_EXT_conf_nid(nullptr, &setup, what, value.c_str());
  must(extension != nullptr);
  must(::X509_add_ext(certificate, extension, -1) == 1);
  ::X509_EXTENSION_free(extension);
}

tls::X509Ptr read_certificate(const std::string& pem) {
  const tls::BioPtr bio(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return tls::X509Ptr(::PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

tls::KeyPtr read_key(const std::string& pem) {
  const tls::BioPtr bio(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return tls::KeyPtr(::PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

}  // namespace

MadeCertificate make_certificate(const Wanted& wanted, const MadeCertificate* issuer) {
  static long serial = 1000;
  const tls::KeyPtr key = make_key(wanted.key);
  const tls::X509Ptr certificate(::X509_new());
  X509* made = certificate.get();
  must(::X509_set_version(made, 2) == 1);
  must(::ASN1_INTEGER_set(::X509_get_serialNumber(made), ++serial) == 1);
  const long day = 24L * 3600;
  const long start = wanted.days_until_end < 0 ? 2 * wanted.days_until_end * day : -day;
  must(::X509_gmtime_adj(::X509_getm_notBefore(made), start) != nullptr);
  must(::X509_gmtime_adj(::X509_getm_notAfter(made), wanted.days_until_end * day) != nullptr);
  must(::X509_set_pubkey(made, key.get()) == 1);
  X509_NAME* subject = ::X509_get_subject_name(made);
  const auto* name = reinterpret_cast<const unsigned char*>(wanted.common_name.c_str());
  must(::X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0) == 1);
  const tls::X509Ptr signer = issuer == nullptr ? nullptr : read_certificate(issuer->cert);
  const tls::KeyPtr signing_key = issuer == nullptr ? nullptr : read_key(issuer->key);
  X509* by = signer == nullptr ? made : signer.get();
  must(::X509_set_issuer_name(made, ::X509_get_subject_name(by)) == 1);
  X509V3_CTX setup{};
  ::X509V3_set_ctx(&setup, by, made, nullptr, nullptr, 0);
  if (wanted.is_authority) add_extension(made, setup, NID_basic_constraints, "critical,CA:TRUE");
  std::string names;
  for (const std::string& dns : wanted.names) names += (names.empty() ? "DNS:" : ",DNS:") + dns;
  if (!names.empty()) add_extension(made, setup, NID_subject_alt_name, names);
  EVP_PKEY* sign_with = signing_key == nullptr ? key.get() : signing_key.get();
  must(::X509_sign(made, sign_with, ::EVP_sha256()) != 0);
  return {pem_of(made), pem_of(key.get())};
}

tls::CertificatePtr load(const MadeCertificate& made) {
  const auto loaded = tls::make_certificate({"made", made.cert, "made", made.key, "", ""});
  must(loaded.ok());
  return *loaded;
}

}  // namespace poise::test
