// The settings of TLS towards clients, as a listener has them. Plain data; the files they name are
// read by FileCertificates and ServerEndpoint.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace poise::conf {
class YamlMap;
}

namespace poise::tls {

enum class Version : std::uint8_t { tls_1_2, tls_1_3 };
enum class ClientAuth : std::uint8_t { none, optional, required };
enum class UnknownName : std::uint8_t { first_certificate, reject };

struct CertificateFiles {
  std::string cert;
  std::string key;   // the same file as `cert` where none was given
  std::string ocsp;  // empty: none

  bool operator==(const CertificateFiles&) const = default;
};

struct ServerConfig {
  std::vector<CertificateFiles> certificates;  // the first is the default
  Version min_version = Version::tls_1_2;
  std::string ciphers;            // of TLS 1.2, as OpenSSL writes them; empty: kCiphers
  std::vector<std::string> alpn;  // in order of preference; empty: whatever a client offers is left
                                  // unanswered
  UnknownName unknown_name = UnknownName::first_certificate;
  ClientAuth client_auth = ClientAuth::none;
  std::string client_ca;
  bool client_certificate_headers = false;
  std::string ticket_keys;  // a file; empty: keys of this process

  bool operator==(const ServerConfig&) const = default;
};

enum class Speaks : std::uint8_t { http, bytes };
// Of a listener that speaks HTTP, or passes bytes on.
ServerConfig parse_server(conf::YamlMap& node, Speaks speaks);

}  // namespace poise::tls
