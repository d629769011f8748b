#include "tls/client_config.h"

#include <tuple>
#include <utility>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"
#include "proxy/base/check.h"
#include "tls/authorities.h"
#include "tls/file_certificates.h"

namespace poise::tls {
namespace {

void read_path(conf::YamlMap& node, std::string_view key, std::string& out) {
  node.with(key, [&](conf::YamlValue& value) {
    const auto path = value.text();
    if (!path) return;
    if (path->empty()) return value.error("must name a file");
    out = *path;
  });
}

void read_server_name(conf::YamlValue& value, std::string& out) {
  const auto name = value.text();
  if (!name) return;
  const bool is_name = !name->empty() && name->find_first_of(" */\t\"\\") == name->npos;
  if (!is_name) {
    return value.error("must be a name such as app.internal, or an IP address, not " +
                       conf::quoted(*name));
  }
  out = *name;
}

void load_ca(conf::YamlMap& node, ClientConfig& config) {
  read_path(node, "ca", config.ca);
  if (config.ca.empty()) return;
  auto loaded = load_authorities(config.ca);
  if (loaded) {
    config.authorities = std::move(loaded->pem);
  } else {
    node.error_at(
        "ca", "'ca' in " + node.owner() + ": " + conf::quoted(config.ca) + " " + loaded.error());
  }
}

CertificatePtr load_certificate(conf::YamlMap& node, CertificateFiles& files) {
  if (!node.has("cert")) node.error(node.owner() + " has no 'cert'");
  read_path(node, "cert", files.cert);
  files.key = files.cert;
  read_path(node, "key", files.key);
  if (files.cert.empty()) return nullptr;
  auto loaded = FileCertificates(files).load();
  if (loaded) return std::move(*loaded);
  const CertificateFault& fault = loaded.error();
  const bool is_key = fault.part == CertificatePart::key && node.has("key");
  node.error_at(is_key ? "key" : "cert", node.owner() + ": " + fault.message);
  return nullptr;
}

ClientEndpointPtr make_endpoint(const ClientConfig& config, CertificatePtr certificate,
                                std::vector<std::string> alpn, std::string& fault) {
  auto made = ClientEndpoint::make({.verify = config.verify,
                                    .authorities = config.authorities,
                                    .certificate = std::move(certificate),
                                    .alpn = std::move(alpn)});
  if (made) return std::move(*made);
  fault = made.error();
  return nullptr;
}

std::string make_endpoints(ClientConfig& config, const CertificatePtr& certificate) {
  std::string fault;
  config.for_http = make_endpoint(config, certificate, {"http/1.1"}, fault);
  if (fault.empty()) config.for_bytes = make_endpoint(config, certificate, {}, fault);
  return fault;
}

}  // namespace

bool ClientConfig::operator==(const ClientConfig& other) const {
  const auto settings = [](const ClientConfig& c) {
    return std::tie(c.verify, c.ca, c.server_name, c.certificate, c.authorities, c.own_fingerprint);
  };
  return settings(*this) == settings(other);
}

ClientConfig parse_client(conf::YamlMap& node) {
  ClientConfig config;
  const std::size_t errors = node.diagnostics().error_count();
  node.read("verify", config.verify);
  load_ca(node, config);
  node.with("server_name",
            [&](conf::YamlValue& value) { read_server_name(value, config.server_name); });
  CertificatePtr certificate;
  node.read_map("certificate", [&](conf::YamlMap& map) {
    certificate = load_certificate(map, config.certificate);
  });
  if (certificate != nullptr) config.own_fingerprint = certificate->fingerprint;
  if (!config.verify && node.has("ca")) {
    node.error_at("ca", "'ca' in " + node.owner() + " has no effect without 'verify'");
  }
  if (node.diagnostics().error_count() != errors) return config;
  const std::string fault = make_endpoints(config, certificate);
  if (!fault.empty()) node.error(node.owner() + ": " + fault);
  return config;
}

const ClientConfig& default_client() {
  static const ClientConfig config = [] {
    ClientConfig made;
    const std::string fault = make_endpoints(made, nullptr);
    POISE_CHECK(fault.empty());
    return made;
  }();
  return config;
}

}  // namespace poise::tls
