#include "tls/authorities.h"

#include <openssl/pem.h>

#include "tls/file_certificates.h"

namespace poise::tls {
namespace {

template <class Visit>
void for_each_certificate(const std::string& pem, Visit visit) {
  const BioPtr reader(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  while (const X509Ptr one{::PEM_read_bio_X509(reader.get(), nullptr, nullptr, nullptr)}) {
    visit(*one);
  }
  (void)take_error_text();
}

}  // namespace

base::Result<Authorities, std::string> load_authorities(const std::string& path) {
  auto pem = read_small_file(path);
  if (!pem) return base::Failure{pem.error()};
  return read_authorities(std::move(*pem));
}

base::Result<Authorities, std::string> read_authorities(std::string pem) {
  Authorities found{StorePtr(::X509_STORE_new()), std::move(pem), 0};
  for_each_certificate(found.pem, [&](X509& one) {
    if (::X509_STORE_add_cert(found.store.get(), &one) == 1) ++found.count;
  });
  (void)take_error_text();
  if (found.count == 0) return base::Failure{std::string("holds no certificate in PEM")};
  return found;
}

STACK_OF(X509_NAME) * names_of_authorities(const std::string& pem) {
  STACK_OF(X509_NAME)* names = sk_X509_NAME_new_null();
  for_each_certificate(pem, [&](X509& one) {
    (void)sk_X509_NAME_push(names, ::X509_NAME_dup(::X509_get_subject_name(&one)));
  });
  return names;
}

}  // namespace poise::tls
