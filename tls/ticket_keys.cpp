#include "tls/ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

#include "proxy/base/check.h"
#include "tls/file_certificates.h"
#include "tls/handshake.h"
#include "tls/server_endpoint.h"

namespace poise::tls {
namespace {

constexpr std::size_t kMostKeys = 64;

TicketKey random_key() {
  TicketKey key{};
  POISE_CHECK(::RAND_bytes(key.name.data(), static_cast<int>(key.name.size())) == 1);
  POISE_CHECK(::RAND_priv_bytes(key.cipher.data(), static_cast<int>(key.cipher.size())) == 1);
  POISE_CHECK(::RAND_priv_bytes(key.mac.data(), static_cast<int>(key.mac.size())) == 1);
  return key;
}

template <std::size_t N>
const char* take(const char* from, std::array<std::uint8_t, N>& to) {
  std::memcpy(to.data(), from, N);
  return from + N;
}

template <std::size_t N>
void append(std::string& out, const std::array<std::uint8_t, N>& bytes) {
  out.append(reinterpret_cast<const char*>(bytes.data()), N);
}

// Looked up once: OpenSSL 3 would search its providers at every ticket.
const EVP_CIPHER* ticket_cipher() {
  static EVP_CIPHER* const cipher = ::EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr);
  return cipher;
}

bool set_keys(const TicketKey& key, const unsigned char* iv, EVP_CIPHER_CTX* cipher,
              EVP_MAC_CTX* mac, int is_sealing) {
  char digest[] = "SHA256";
  const OSSL_PARAM parameters[] = {
      ::OSSL_PARAM_construct_octet_string(
          OSSL_MAC_PARAM_KEY, const_cast<std::uint8_t*>(key.mac.data()), key.mac.size()),
      ::OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      ::OSSL_PARAM_construct_end(),
  };
  return ::EVP_CipherInit_ex2(cipher, ticket_cipher(), key.cipher.data(), iv, is_sealing,
                              nullptr) == 1 &&
         ::EVP_MAC_CTX_set_params(mac, parameters) == 1;
}

}  // namespace

TicketKeys TicketKeys::random() {
  TicketKeys keys;
  keys.keys_.push_back(random_key());
  return keys;
}

base::Result<TicketKeys, std::string> TicketKeys::from_bytes(const std::string& bytes) {
  const std::size_t count = bytes.size() / kTicketKeyBytes;
  if (count == 0 || count > kMostKeys || bytes.size() % kTicketKeyBytes != 0) {
    return base::Failure{"must hold keys of 80 bytes each (openssl rand 80 makes one), not " +
                         std::to_string(bytes.size()) + " bytes"};
  }
  TicketKeys keys;
  const char* at = bytes.data();
  for (std::size_t i = 0; i < count; ++i) {
    TicketKey key{};
    at = take(at, key.name);
    at = take(at, key.cipher);
    at = take(at, key.mac);
    keys.keys_.push_back(key);
  }
  return keys;
}

base::Result<TicketKeys, std::string> TicketKeys::from_file(const std::string& path) {
  const auto bytes = read_small_file(path);
  if (!bytes) return base::Failure{bytes.error()};
  return from_bytes(*bytes);
}

TicketKeys TicketKeys::rotated() const {
  TicketKeys next = random();
  const std::size_t kept = std::min(keys_.size(), kTicketKeysKept - 1);
  next.keys_.insert(next.keys_.end(), keys_.begin(),
                    keys_.begin() + static_cast<std::ptrdiff_t>(kept));
  return next;
}

std::string TicketKeys::bytes() const {
  std::string bytes;
  for (const TicketKey& key : keys_) {
    append(bytes, key.name);
    append(bytes, key.cipher);
    append(bytes, key.mac);
  }
  return bytes;
}

// 0: no such key, a full handshake follows; 2: opened by an older key, so a new ticket is due.
int seal_or_open_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                        EVP_MAC_CTX* mac, int is_sealing) {
  const auto* negotiation = static_cast<const Negotiation*>(SSL_get_app_data(ssl));
  if (negotiation == nullptr) return -1;
  const auto& keys = negotiation->endpoint->ticket_keys().all();
  if (is_sealing == 1) {
    const TicketKey& key = keys.front();
    std::memcpy(name, key.name.data(), key.name.size());
    if (::RAND_bytes(iv, ::EVP_CIPHER_get_iv_length(ticket_cipher())) != 1) return -1;
    return set_keys(key, iv, cipher, mac, is_sealing) ? 1 : -1;
  }
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const TicketKey& key) {
    return std::memcmp(name, key.name.data(), key.name.size()) == 0;
  });
  if (found == keys.end()) return 0;
  if (!set_keys(*found, iv, cipher, mac, is_sealing)) return -1;
  return found == keys.begin() ? 1 : 2;
}

}  // namespace poise::tls
