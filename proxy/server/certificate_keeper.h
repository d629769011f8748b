// Keeps the secured listeners supplied: loads their certificates, looks for changed files (told by
// the kernel, and by itself every few seconds), rotates ticket keys, and warns of certificates
// whose end is near. What is broken is reported and changes nothing: the last good one stays.
// Changes become other endpoints, of which the server is told; it passes them on to the workers,
// and no connection notices. Owned by the server, on the control thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "conf/config.h"
#include "proxy/base/result.h"
#include "proxy/net/file_stamp.h"
#include "proxy/net/folder_watch.h"
#include "proxy/net/loop.h"
#include "proxy/server/snapshot.h"
#include "tls/certificate_source.h"
#include "tls/server_endpoint.h"

namespace poise::server {

class CertificateKeeper {
 public:
  CertificateKeeper(net::Loop& loop, std::function<void()> on_changed);

  // For a configuration that is to be in force. The error is for the user; then nothing changed.
  base::Result<Endpoints, std::string> prepare(const conf::Config& config);
  // It is in force: its files are watched from now on, and no others.
  void follow(const conf::Config& config, Endpoints endpoints);

  // Of the configuration in force.
  const Endpoints& endpoints() const { return endpoints_; }

  // The keys of this process' own, for one that takes over: set before prepare().
  std::string ticket_keys() const { return own_keys_.bytes(); }
  void use_ticket_keys(const tls::TicketKeys& keys) { own_keys_ = keys; }

 private:
  using Listeners = std::vector<conf::ListenerConfig>;
  struct Kept {
    std::unique_ptr<tls::CertificateSource> source;
    tls::CertificatePtr certificate;  // the last good one
  };
  struct KeyFile {
    net::FileStamp stamp;
    tls::TicketKeys keys;
  };
  enum class Broken : bool { refuse, keep_last };

  base::Result<Endpoints, std::string> build(const Listeners& listeners, Broken broken);
  base::Result<tls::ServerEndpointPtr, std::string> build(const conf::ListenerConfig& listener,
                                                          Broken broken);
  base::Result<tls::CertificatePtr, std::string> certificate(const tls::CertificateFiles& files,
                                                             Broken broken);
  base::Result<tls::TicketKeys, std::string> keys(const std::string& path, Broken broken);
  tls::ServerEndpointPtr known(const tls::ServerEndpoint::Parts& parts) const;

  void forget_others();
  bool have_files_changed() const;
  void note_authorities();
  void on_folder_event();
  void look();
  void rotate();
  void warn_of_ends();

  net::Loop& loop_;
  std::function<void()> on_changed_;
  net::FolderWatch folders_;
  base::Timer look_timer_;
  base::Timer rotation_;
  base::Timer warning_;
  bool looks_soon_ = false;
  bool is_ahead_ = false;  // a refused configuration loaded files newer than what is in force
  Listeners secured_;      // of the configuration in force, those without TLS too
  Endpoints endpoints_;
  std::map<std::string, Kept> certificates_;  // by its files
  std::map<std::string, KeyFile> key_files_;
  std::map<std::string, net::FileStamp> authorities_;
  tls::TicketKeys own_keys_ = tls::TicketKeys::random();
};

}  // namespace poise::server
