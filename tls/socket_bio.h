// The BIO between OpenSSL and the Transport below a TlsTransport: passes reads and writes on. It
// owns nothing; the TlsTransport outlives it.
#pragma once

#include <openssl/bio.h>

#include "tls/tls_transport.h"

namespace poise::tls {

struct SocketBio {
  static BIO* make(TlsTransport& transport);
  static int read(BIO* bio, char* out, std::size_t size, std::size_t* count);
  static int write(BIO* bio, const char* bytes, std::size_t size, std::size_t* count);
  // OpenSSL tells of handshake messages, never of data.
  static void note_step(const SSL* ssl, int where, int value);
  static long control(BIO* bio, int command, long number, void* pointer);
};

}  // namespace poise::tls
