#include "conf/config_json_parts.h"

namespace poise::conf {
namespace {

const char* word_of(tls::ClientAuth auth) {
  switch (auth) {
    case tls::ClientAuth::none:
      return "none";
    case tls::ClientAuth::optional:
      return "optional";
    case tls::ClientAuth::required:
      break;
  }
  return "required";
}

// A key stands by its path, as every file does.
Json json_of(const tls::CertificateFiles& files) {
  Json json{{"cert", files.cert}, {"key", files.key}};
  set_unless_empty(json, "ocsp", files.ocsp);
  return json;
}

}  // namespace

Json json_of(const tls::ServerConfig& tls) {
  const bool takes_any = tls.unknown_name == tls::UnknownName::first_certificate;
  Json json{{"certificates", Json::array()},
            {"unknown_name", takes_any ? "default" : "reject"},
            {"min_version", tls.min_version == tls::Version::tls_1_3 ? "1.3" : "1.2"},
            {"client_auth", word_of(tls.client_auth)},
            {"client_certificate_headers", tls.client_certificate_headers}};
  for (const auto& files : tls.certificates) json["certificates"].push_back(json_of(files));
  set_unless_empty(json, "ciphers", tls.ciphers);
  set_unless_empty(json, "alpn", tls.alpn);
  set_unless_empty(json, "client_ca", tls.client_ca);
  set_unless_empty(json, "ticket_keys", tls.ticket_keys);
  return json;
}

Json json_of(const tls::ClientConfig& tls) {
  Json json{{"verify", tls.verify}};
  set_unless_empty(json, "ca", tls.ca);
  set_unless_empty(json, "server_name", tls.server_name);
  if (!tls.certificate.cert.empty()) json["certificate"] = json_of(tls.certificate);
  return json;
}

}  // namespace poise::conf
