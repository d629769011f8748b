// A backend behind a poise whose listener has TLS, and the certificates for it. Used by one thread.
#pragma once

#include <memory>
#include <string>

#include "tests/support/certificates.h"
#include "tests/support/proxied_backend.h"

namespace poise::support {

struct SecuredPoise {
  // `tls` is what stands in the listener's tls map; `workers` are two, as sessions are shared.
  std::string config(const std::string& tls, const std::string& listener = "",
                     const std::string& top = "") const {
    return top + "workers: 2\nlog: { access: { to: stdout } }\nlisteners:\n" +
           "  - name: web\n    bind: 127.0.0.1:0\n    tls: { " + tls + " }\n" + listener +
           "    pool: app\npools:\n  app:\n    backends: [\"" + backend.address() + "\"]\n";
  }
  void start(const std::string& tls, const std::string& listener = "",
             const std::string& top = "") {
    poise = std::make_unique<LivePoise>(config(tls, listener, top));
  }
  std::string certificates_of(const std::vector<CertificateFiles>& all) const {
    std::string list;
    for (const auto& one : all) list += (list.empty() ? "" : ", ") + in_yaml(one);
    return "certificates: [" + list + "]";
  }
  std::uint16_t port() const { return poise->port(); }
  StrictMessage next_request() {
    std::vector<StrictMessage> requests;
    comes_true([&] { return !(requests = backend.take_requests()).empty(); });
    return requests.empty() ? StrictMessage() : requests.front();
  }
  // The next line of the access log that has this text.
  std::string log_line(const std::string& part) {
    return poise->process().standard_output().wait_for_line(part).value_or("");
  }

  Certificates made;
  RecordingBackend backend{ordinary_script()};
  std::unique_ptr<LivePoise> poise;
};

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace poise::support
