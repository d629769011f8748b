#include "tls/socket_bio.h"

#include "proxy/base/check.h"

namespace poise::tls {
namespace {

TlsTransport& transport_of(BIO* bio) { return *static_cast<TlsTransport*>(::BIO_get_data(bio)); }

BIO_METHOD* make_method() {
  BIO_METHOD* method =
      ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "poise transport");
  POISE_CHECK(method != nullptr);
  ::BIO_meth_set_read_ex(method, &SocketBio::read);
  ::BIO_meth_set_write_ex(method, &SocketBio::write);
  ::BIO_meth_set_ctrl(method, &SocketBio::control);
  return method;
}

}  // namespace

BIO* SocketBio::make(TlsTransport& transport) {
  static BIO_METHOD* const method = make_method();
  BIO* bio = ::BIO_new(method);
  POISE_CHECK(bio != nullptr);
  ::BIO_set_data(bio, &transport);
  ::BIO_set_init(bio, 1);
  return bio;
}

int SocketBio::read(BIO* bio, char* out, std::size_t size, std::size_t* count) {
  ::BIO_clear_retry_flags(bio);
  TlsTransport& transport = transport_of(bio);
  if (transport.read_below(out, size, *count)) return 1;
  if (transport.lost().status == net::IoResult::Status::would_block) ::BIO_set_retry_read(bio);
  return 0;
}

int SocketBio::write(BIO* bio, const char* bytes, std::size_t size, std::size_t* count) {
  transport_of(bio).write_below({bytes, size});
  *count = size;
  return 1;
}

void SocketBio::note_step(const SSL* ssl, int where, int) {
  if ((where & SSL_CB_LOOP) == 0) return;
  if (BIO* bio = ::SSL_get_rbio(ssl)) ++transport_of(bio).steps_;
}

long SocketBio::control(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

}  // namespace poise::tls
