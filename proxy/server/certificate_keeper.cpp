#include "proxy/server/certificate_keeper.h"

#include <algorithm>
#include <set>
#include <utility>

#include "proxy/base/log.h"
#include "proxy/exchange/record_parts.h"
#include "tls/file_certificates.h"
#include "tls/validity.h"

namespace poise::server {
namespace {

using base::Failure;
using base::Level;
using base::log;

// Files are often written in pieces, and a key after its certificate.
constexpr base::Duration kSettling = std::chrono::milliseconds(100);
// What the kernel does not tell: links far above the file, folders of other machines.
constexpr base::Duration kLookInterval = std::chrono::seconds(2);
constexpr base::Duration kWarningInterval = std::chrono::hours(24);

std::string key_of(const tls::CertificateFiles& files) {
  return files.cert + '\n' + files.key + '\n' + files.ocsp;
}

void tell_of_reload(const tls::Certificate& certificate) {
  log(Level::info, "certificate '{}' was replaced: fingerprint {}", certificate.title,
      certificate.fingerprint);
  const std::string warning = tls::validity_warning(certificate, exchange::wall_clock());
  if (!warning.empty()) log(Level::warn, "certificate '{}' {}", certificate.title, warning);
}

}  // namespace

CertificateKeeper::CertificateKeeper(net::Loop& loop, std::function<void()> on_changed)
    : loop_(loop),
      on_changed_(std::move(on_changed)),
      folders_(loop, [this] { on_folder_event(); }),
      look_timer_(base::Timer::calling<CertificateKeeper, &CertificateKeeper::look>(this)),
      rotation_(base::Timer::calling<CertificateKeeper, &CertificateKeeper::rotate>(this)),
      warning_(base::Timer::calling<CertificateKeeper, &CertificateKeeper::warn_of_ends>(this)) {}

// ---- a configuration
// -----------------------------------------------------------------------------

base::Result<Endpoints, std::string> CertificateKeeper::prepare(const conf::Config& config) {
  is_ahead_ = true;
  return build(config.listeners, Broken::refuse);
}

void CertificateKeeper::follow(const conf::Config& config, Endpoints endpoints) {
  secured_ = config.listeners;
  is_ahead_ = false;
  endpoints_ = std::move(endpoints);
  forget_others();
  note_authorities();
  const bool some = std::any_of(endpoints_.begin(), endpoints_.end(),
                                [](const auto& endpoint) { return endpoint != nullptr; });
  if (!some) {
    look_timer_.cancel();
    rotation_.cancel();
    return warning_.cancel();
  }
  loop_.arm_in(look_timer_, kLookInterval);
  // Reloads come more often than that.
  if (!rotation_.is_armed()) loop_.arm_in(rotation_, tls::kTicketRotation);
  if (!warning_.is_armed()) loop_.arm_in(warning_, kWarningInterval);
}

base::Result<Endpoints, std::string> CertificateKeeper::build(const Listeners& listeners,
                                                              Broken broken) {
  Endpoints endpoints;
  for (const conf::ListenerConfig& listener : listeners) {
    endpoints.emplace_back();
    if (!listener.tls) continue;
    auto endpoint = build(listener, broken);
    if (!endpoint) return Failure{"listener '" + listener.name + "': " + endpoint.error()};
    endpoints.back() = std::move(*endpoint);
  }
  return endpoints;
}

base::Result<tls::ServerEndpointPtr, std::string> CertificateKeeper::build(
    const conf::ListenerConfig& listener, Broken broken) {
  tls::ServerEndpoint::Parts parts;
  parts.config = *listener.tls;
  parts.answers_plain_http = listener.protocol == conf::Protocol::http;
  for (const tls::CertificateFiles& files : parts.config.certificates) {
    auto one = certificate(files, broken);
    if (!one) return Failure{one.error()};
    parts.certificates.push_back(std::move(*one));
  }
  auto sealed_with = keys(parts.config.ticket_keys, broken);
  if (!sealed_with) return Failure{sealed_with.error()};
  parts.ticket_keys = std::move(*sealed_with);
  if (auto same = known(parts)) return same;
  return tls::ServerEndpoint::make(std::move(parts));
}

// To compile thousands of certificates anew takes a while: what did not change stays.
tls::ServerEndpointPtr CertificateKeeper::known(const tls::ServerEndpoint::Parts& parts) const {
  const auto found = std::find_if(endpoints_.begin(), endpoints_.end(), [&](const auto& endpoint) {
    return endpoint != nullptr && endpoint->is_made_of(parts);
  });
  return found == endpoints_.end() ? nullptr : *found;
}

base::Result<tls::CertificatePtr, std::string> CertificateKeeper::certificate(
    const tls::CertificateFiles& files, Broken broken) {
  Kept& kept = certificates_[key_of(files)];
  if (kept.source == nullptr) kept.source = std::make_unique<tls::FileCertificates>(files);
  if (kept.certificate != nullptr && !kept.source->has_changed()) return kept.certificate;
  auto loaded = kept.source->load();
  if (loaded) {
    const bool is_other = kept.certificate == nullptr || !tls::is_same(*kept.certificate, **loaded);
    if (is_other && kept.certificate != nullptr) tell_of_reload(**loaded);
    if (is_other) kept.certificate = std::move(*loaded);
    return kept.certificate;
  }
  if (kept.certificate == nullptr || broken == Broken::refuse) {
    return Failure{loaded.error().message};
  }
  log(Level::error, "certificate '{}' cannot be replaced, the last good one stays: {}", files.cert,
      loaded.error().message);
  return kept.certificate;
}

base::Result<tls::TicketKeys, std::string> CertificateKeeper::keys(const std::string& path,
                                                                   Broken broken) {
  if (path.empty()) return own_keys_;
  const net::FileStamp stamp = net::FileStamp::of(path);
  const auto known = key_files_.find(path);
  if (known != key_files_.end() && known->second.stamp == stamp) return known->second.keys;
  auto read = tls::TicketKeys::from_file(path);
  if (read) {
    key_files_[path] = {stamp, *read};
    return std::move(*read);
  }
  if (known == key_files_.end() || broken == Broken::refuse) {
    return Failure{"ticket_keys '" + path + "' " + read.error()};
  }
  known->second.stamp = stamp;
  log(Level::error, "ticket_keys '{}' {}: the last good ones stay", path, read.error());
  return known->second.keys;
}

void CertificateKeeper::forget_others() {
  std::set<std::string> wanted;
  std::set<std::string> folders;
  for (const conf::ListenerConfig& listener : secured_) {
    if (!listener.tls) continue;
    for (const auto& files : listener.tls->certificates) wanted.insert(key_of(files));
    wanted.insert(listener.tls->ticket_keys);
    for (const auto* path : {&listener.tls->ticket_keys, &listener.tls->client_ca}) {
      if (!path->empty()) folders.insert(tls::folder_of(*path));
    }
  }
  const auto is_other = [&](const auto& entry) { return wanted.count(entry.first) == 0; };
  std::erase_if(certificates_, is_other);
  std::erase_if(key_files_, is_other);
  for (const auto& [key, kept] : certificates_) {
    for (const std::string& folder : kept.source->folders()) folders.insert(folder);
  }
  folders_.follow(folders);
}

// ---- changed files
// -------------------------------------------------------------------------------

void CertificateKeeper::note_authorities() {
  authorities_.clear();
  for (const conf::ListenerConfig& listener : secured_) {
    if (!listener.tls || listener.tls->client_ca.empty()) continue;
    authorities_[listener.tls->client_ca] = net::FileStamp::of(listener.tls->client_ca);
  }
}

bool CertificateKeeper::have_files_changed() const {
  return std::any_of(certificates_.begin(), certificates_.end(),
                     [](const auto& entry) { return entry.second.source->has_changed(); }) ||
         std::any_of(key_files_.begin(), key_files_.end(),
                     [](const auto& entry) {
                       return !(net::FileStamp::of(entry.first) == entry.second.stamp);
                     }) ||
         std::any_of(authorities_.begin(), authorities_.end(), [](const auto& entry) {
           return !(net::FileStamp::of(entry.first) == entry.second);
         });
}

// Not later with each event: somebody else's files in the folder may change all the time.
void CertificateKeeper::on_folder_event() {
  if (!std::exchange(looks_soon_, true)) loop_.arm_in(look_timer_, kSettling);
}

void CertificateKeeper::look() {
  looks_soon_ = false;
  loop_.arm_in(look_timer_, kLookInterval);
  if (!std::exchange(is_ahead_, false) && !have_files_changed()) return;
  note_authorities();
  auto endpoints = build(secured_, Broken::keep_last);
  if (!endpoints) return log(Level::error, "{}: what was in force stays", endpoints.error());
  if (endpoints.value() == endpoints_) return;
  endpoints_ = std::move(*endpoints);
  on_changed_();
}

void CertificateKeeper::rotate() {
  loop_.arm_in(rotation_, tls::kTicketRotation);
  own_keys_ = own_keys_.rotated();
  for (tls::ServerEndpointPtr& endpoint : endpoints_) {
    const bool own = endpoint != nullptr && endpoint->config().ticket_keys.empty();
    if (own) endpoint = endpoint->with(own_keys_);
  }
  on_changed_();
}

void CertificateKeeper::warn_of_ends() {
  loop_.arm_in(warning_, kWarningInterval);
  for (const auto& [key, kept] : certificates_) {
    if (kept.certificate == nullptr) continue;
    const std::string warning = tls::validity_warning(*kept.certificate, exchange::wall_clock());
    if (warning.empty()) continue;
    log(Level::warn, "certificate '{}' {}", kept.certificate->title, warning);
  }
}

}  // namespace poise::server
