// The keys that session tickets are sealed with (RFC 5077 section 4; RFC 8446 section 4.6.1): the
// first seals, all open. Every worker has the same, so a client may come back to any of them; a
// file of keys makes several poise processes one. A value, constant once a ServerEndpoint has it.
// Who knows a key can read recorded sessions of TLS 1.2: it belongs into memory or tmpfs, and is
// to be replaced often.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "proxy/base/clock.h"
#include "proxy/base/result.h"
#include "tls/handles.h"

namespace poise::tls {

struct TicketKey {
  bool operator==(const TicketKey&) const = default;

  std::array<std::uint8_t, 16> name;
  std::array<std::uint8_t, 32> cipher;  // AES-256-CBC
  std::array<std::uint8_t, 32> mac;     // HMAC-SHA-256
};
inline constexpr std::size_t kTicketKeyBytes = 80;

// A session lives as long as keys are kept, at most.
inline constexpr base::Duration kTicketRotation = std::chrono::hours(1);
inline constexpr std::size_t kTicketKeysKept = 3;
inline constexpr base::Duration kSessionLifetime = kTicketRotation * (kTicketKeysKept - 1);

class TicketKeys {
 public:
  // One fresh key.
  static TicketKeys random();
  // Keys one after the other, 80 bytes each, the newest first; the error is in words.
  static base::Result<TicketKeys, std::string> from_bytes(const std::string& bytes);
  static base::Result<TicketKeys, std::string> from_file(const std::string& path);

  // A fresh key in front, the oldest dropped.
  TicketKeys rotated() const;
  // As from_bytes() reads them: for a process that takes over.
  std::string bytes() const;

  const std::vector<TicketKey>& all() const { return keys_; }
  bool operator==(const TicketKeys&) const = default;

 private:
  std::vector<TicketKey> keys_;
};

// OpenSSL's callback, whose SSL has a Negotiation.
int seal_or_open_ticket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                        EVP_MAC_CTX* mac, int is_sealing);

}  // namespace poise::tls
