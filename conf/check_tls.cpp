#include <string>

#include "conf/reader/suggestion.h"
#include "conf/rules.h"
#include "tls/authorities.h"
#include "tls/file_certificates.h"
#include "tls/server_endpoint.h"
#include "tls/ticket_keys.h"
#include "tls/validity.h"

namespace poise::conf {

namespace {

base::WallTime wall_time() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

const char* key_of(tls::CertificatePart part) {
  if (part == tls::CertificatePart::key) return "key";
  return part == tls::CertificatePart::ocsp ? "ocsp" : "cert";
}

// One listener's files.
class TlsRules {
 public:
  TlsRules(const Places& places, std::size_t listener, Diagnostics& diagnostics)
      : places_(places), listener_(listener), diagnostics_(diagnostics) {}

  void check(const tls::ServerConfig& config) {
    tls::ServerEndpoint::Parts parts{config, {}, tls::TicketKeys::random(), false};
    for (std::size_t i = 0; i < config.certificates.size(); ++i) {
      if (config.certificates[i].cert.empty()) continue;
      if (auto certificate = load(config.certificates[i], i)) {
        parts.certificates.push_back(std::move(certificate));
      }
    }
    const bool files_are_sound = check_files(config);
    const bool all_loaded = parts.certificates.size() == config.certificates.size();
    if (!files_are_sound || !all_loaded || parts.certificates.empty()) return;
    const auto endpoint = tls::ServerEndpoint::make(std::move(parts));
    if (!endpoint) error("certificates", endpoint.error());
  }

 private:
  tls::CertificatePtr load(const tls::CertificateFiles& files, std::size_t index) {
    const auto loaded = tls::FileCertificates(files).load();
    const auto place = [&](const char* key) {
      return places_.value({"listeners", listener_, "tls", "certificates", index, key});
    };
    if (!loaded) {
      diagnostics_.error(place(key_of(loaded.error().part)), loaded.error().message);
      return nullptr;
    }
    const std::string warning = tls::validity_warning(**loaded, wall_time());
    if (!warning.empty()) {
      diagnostics_.warn(place("cert"), "certificate " + quoted(files.cert) + " " + warning);
    }
    return *loaded;
  }

  bool check_files(const tls::ServerConfig& config) {
    const std::size_t before = diagnostics_.error_count();
    if (config.client_auth != tls::ClientAuth::none && !config.client_ca.empty()) {
      const std::string fault = tls::fault_of_authorities(config.client_ca);
      if (!fault.empty()) error("client_ca", fault);
    }
    if (!config.ticket_keys.empty()) {
      const auto keys = tls::TicketKeys::from_file(config.ticket_keys);
      if (!keys) error("ticket_keys", quoted(config.ticket_keys) + " " + keys.error());
    }
    return diagnostics_.error_count() == before;
  }

  void error(const char* key, const std::string& message) {
    diagnostics_.error(places_.value({"listeners", listener_, "tls", key}), message);
  }

  const Places& places_;
  std::size_t listener_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check_tls(const Config& config, const Places& places, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const auto& tls = config.listeners[i].tls;
    if (tls) TlsRules(places, i, diagnostics).check(*tls);
  }
}

}  // namespace poise::conf
