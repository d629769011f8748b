// OpenSSL's objects as owning pointers, and its last error as text. OpenSSL 3 keeps errors in a
// queue of the thread: whoever makes a call that may fail takes its error at once, so that the
// queue is empty before the next call.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace poise::tls {

template <auto Free>
struct FreeWith {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using SslPtr = std::unique_ptr<SSL, FreeWith<&SSL_free>>;
using SslCtxPtr = std::unique_ptr<SSL_CTX, FreeWith<&SSL_CTX_free>>;
using SslSessionPtr = std::unique_ptr<SSL_SESSION, FreeWith<&SSL_SESSION_free>>;
using X509Ptr = std::unique_ptr<X509, FreeWith<&X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<&EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, FreeWith<&BIO_free>>;

// The newest error of this thread's queue in OpenSSL's words, "" when there is none; empties it.
std::string take_error_text();

const char* library_version();

}  // namespace poise::tls
