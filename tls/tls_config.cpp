#include "tls/tls_config.h"

#include <algorithm>
#include <string_view>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "tls/server_endpoint.h"

namespace poise::tls {
namespace {

constexpr std::size_t kMostAlpn = 255;  // RFC 7301 section 3.1: the length is one byte

void read_path(conf::YamlMap& node, std::string_view key, std::string& out) {
  node.with(key, [&](conf::YamlValue& value) {
    const auto path = value.text();
    if (!path) return;
    if (path->empty()) return value.error("must name a file");
    out = *path;
  });
}

CertificateFiles parse_certificate(conf::YamlMap& node) {
  CertificateFiles files;
  if (!node.has("cert")) node.error(node.owner() + " has no 'cert'");
  read_path(node, "cert", files.cert);
  files.key = files.cert;
  read_path(node, "key", files.key);
  read_path(node, "ocsp", files.ocsp);
  return files;
}

void parse_certificates(conf::YamlMap& node, ServerConfig& config) {
  if (!node.has("certificates")) node.error(node.owner() + " has no 'certificates'");
  node.with("certificates", [&](conf::YamlValue& list) {
    if (list.is_list() && list.size() == 0) return list.error("must hold at least one certificate");
    list.each([&](conf::YamlValue& value) {
      CertificateFiles files;
      value.read_map(value.what(), [&](conf::YamlMap& map) { files = parse_certificate(map); });
      config.certificates.push_back(std::move(files));
    });
  });
}

void read_min_version(conf::YamlValue& value, Version& version) {
  const auto text = value.text();
  if (!text) return;
  for (const std::string_view old : {"1.0", "1.1", "1", "ssl3"}) {
    if (*text == old) return value.error("must be 1.2 or 1.3: older versions are broken");
  }
  value.read_choice<Version>(version, {{"1.2", Version::tls_1_2}, {"1.3", Version::tls_1_3}});
}

void read_protocol_name(conf::YamlValue& value, Speaks speaks, std::vector<std::string>& alpn) {
  const auto name = value.text();
  if (!name) return;
  if (name->empty() || name->size() > kMostAlpn) return value.error("must have 1 to 255 bytes");
  if (std::find(alpn.begin(), alpn.end(), *name) != alpn.end()) {
    return value.error("names " + conf::quoted(*name) + " twice");
  }
  if (speaks == Speaks::http && *name == "h2") {
    return value.error("names h2, which is not supported yet: 'alpn: [http/1.1]' is");
  }
  if (speaks == Speaks::http && *name != "http/1.1") {
    return value.error("must be http/1.1 for a listener of HTTP, not " + conf::quoted(*name) +
                       conf::did_you_mean(*name, {"http/1.1"}));
  }
  alpn.push_back(*name);
}

void parse_alpn(conf::YamlMap& node, Speaks speaks, ServerConfig& config) {
  if (speaks == Speaks::http) config.alpn = {"http/1.1"};
  node.with("alpn", [&](conf::YamlValue& list) {
    config.alpn.clear();
    list.each([&](conf::YamlValue& value) { read_protocol_name(value, speaks, config.alpn); });
  });
}

void read_ciphers(conf::YamlMap& node, ServerConfig& config) {
  node.read("ciphers", config.ciphers);
  if (config.ciphers.empty()) return;
  const std::string fault = fault_of_ciphers(config.ciphers);
  if (!fault.empty()) node.error_at("ciphers", "'ciphers' in " + node.owner() + " " + fault);
}

void parse_clients(conf::YamlMap& node, Speaks speaks, ServerConfig& config) {
  node.read_choice<ClientAuth>("client_auth", config.client_auth,
                               {{"none", ClientAuth::none},
                                {"optional", ClientAuth::optional},
                                {"required", ClientAuth::required}});
  read_path(node, "client_ca", config.client_ca);
  node.read("client_certificate_headers", config.client_certificate_headers);
  const bool asks = config.client_auth != ClientAuth::none;
  if (asks && !node.has("client_ca")) {
    node.error_at("client_auth", "'client_auth' in " + node.owner() +
                                     " needs 'client_ca': whose certificates to trust");
  }
  if (!asks && node.has("client_ca")) {
    node.error_at("client_ca", "'client_ca' in " + node.owner() +
                                   " has no effect without 'client_auth: required' or 'optional'");
  }
  if (!config.client_certificate_headers) return;
  const char* fault = nullptr;
  if (!asks) fault = " has no effect without 'client_auth: required' or 'optional'";
  if (speaks == Speaks::bytes) fault = " is for HTTP";
  if (fault == nullptr) return;
  node.error_at("client_certificate_headers",
                "'client_certificate_headers' in " + node.owner() + fault);
}

}  // namespace

ServerConfig parse_server(conf::YamlMap& node, Speaks speaks) {
  ServerConfig config;
  parse_certificates(node, config);
  node.with("min_version",
            [&](conf::YamlValue& value) { read_min_version(value, config.min_version); });
  read_ciphers(node, config);
  parse_alpn(node, speaks, config);
  node.read_choice<UnknownName>(
      "unknown_name", config.unknown_name,
      {{"default", UnknownName::first_certificate}, {"reject", UnknownName::reject}});
  parse_clients(node, speaks, config);
  read_path(node, "ticket_keys", config.ticket_keys);
  return config;
}

}  // namespace poise::tls
