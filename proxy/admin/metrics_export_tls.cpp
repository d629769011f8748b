#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>

#include "proxy/admin/metrics_export_parts.h"
#include "proxy/exchange/record_parts.h"

namespace poise::admin {
namespace {

struct TlsFamilies {
  Family handshakes = Family::counter("poise_tls_handshakes_total",
                                      "TLS handshakes of clients that are over, by result.");
  Family resumed = Family::counter("poise_tls_resumed_total",
                                   "TLS handshakes of clients that resumed an earlier session.");
  Family duration = Family::histogram("poise_tls_handshake_duration_seconds",
                                      "Of TLS handshakes of clients that succeeded.", Scale::own);
  Family expiry = Family::gauge("poise_tls_certificate_expiry_seconds",
                                "Until a certificate ends; below 0 it has.");

  void add_counts(const std::string& listener, const tls::HandshakeRecord& record) {
    std::array<std::uint64_t, tls::kHandshakeResultCount> results{};
    std::uint64_t all_resumed = 0;
    base::HistogramSum durations;
    record.cells.for_each([&](const tls::HandshakeCells& cells) {
      for (std::size_t i = 0; i < results.size(); ++i) results[i] += cells.results[i].read();
      all_resumed += cells.resumed.read();
      durations.add(cells.duration);
    });
    for (std::size_t i = 0; i < results.size(); ++i) {
      const auto result = static_cast<tls::HandshakeResult>(i);
      handshakes.add({{"listener", listener}, {"result", tls::to_text(result)}}, results[i]);
    }
    resumed.add({{"listener", listener}}, all_resumed);
    duration.add({{"listener", listener}}, durations);
  }

  // Two certificates of one listener may have the same first name: the one that ends first counts.
  void add_expiries(const std::string& listener, const tls::ServerEndpoint& endpoint) {
    std::map<std::string, base::WallTime> ends;
    for (const tls::CertificatePtr& one : endpoint.certificates()) {
      const std::string& name = one->names.empty() ? one->title : one->names.front();
      const auto [entry, is_new] = ends.emplace(name, one->not_after);
      if (!is_new) entry->second = std::min(entry->second, one->not_after);
    }
    const base::WallTime now = exchange::wall_clock();
    for (const auto& [name, end] : ends) {
      const std::chrono::duration<double> left = end - now;
      expiry.add({{"listener", listener}, {"name", name}}, left.count());
    }
  }

  void move_to(Families& families) {
    for (Family* family : {&handshakes, &resumed, &duration, &expiry}) family->move_to(families);
  }
};

}  // namespace

void export_tls(const server::MetricsView& view, Families& families) {
  TlsFamilies tls;
  std::set<const void*> seen;  // listeners of one name share their record
  for (std::size_t i = 0; i < view.snapshot->listeners.size(); ++i) {
    const server::SecureSetup& secure = view.snapshot->listeners[i].secure;
    if (secure.endpoint == nullptr || !seen.insert(secure.record.get()).second) continue;
    const std::string& listener = view.snapshot->config.listeners[i].name;
    tls.add_counts(listener, *secure.record);
    tls.add_expiries(listener, *secure.endpoint);
  }
  tls.move_to(families);
}

}  // namespace poise::admin
