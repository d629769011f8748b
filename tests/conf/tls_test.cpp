// Listeners with TLS, read from YAML with certificates made for the test.
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "conf/load.h"
#include "conf/print.h"
#include "tests/tls/test_certificates.h"

using namespace poise;
using namespace poise::test;

namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() { REQUIRE(::mkdtemp(path_.data()) != nullptr); }
  ~Folder() { fs::remove_all(path_); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
    return path_ + "/" + name;
  }

 private:
  std::string path_ = fs::temp_directory_path() / "poise-tls-XXXXXX";
};

conf::Loaded load_with(const std::string& tls, conf::Diagnostics* warnings = nullptr,
                       const std::string& protocol = "http") {
  return conf::load_text("listeners:\n  - bind: :1\n    protocol: " + protocol +
                             "\n    pool: app\n    tls: { " + tls +
                             " }\npools:\n  app:\n    backends: [127.0.0.1:9001]\n",
                         "t.yaml", warnings);
}

std::string certificates(const Folder& folder, const MadeCertificate& made,
                         const std::string& key) {
  return "certificates: [{ cert: " + folder.write("c.pem", made.cert) +
         ", key: " + folder.write("k.pem", key) + " }]";
}

}  // namespace

TEST_CASE("a listener's tls has defaults that suit most") {
  const Folder folder;
  const MadeCertificate made = test::make_certificate({.names = {"a.test"}});
  const auto loaded = load_with(certificates(folder, made, made.key));
  REQUIRE(loaded.ok());
  const tls::ServerConfig& config = *loaded->listeners[0].tls;
  CHECK(config.min_version == tls::Version::tls_1_2);
  CHECK(config.alpn == std::vector<std::string>{"http/1.1"});
  CHECK(config.client_auth == tls::ClientAuth::none);
  CHECK(config.unknown_name == tls::UnknownName::first_certificate);
  CHECK(loaded->listeners[0].timeouts.handshake == std::chrono::seconds(10));
  const auto tcp = load_with(certificates(folder, made, made.key), nullptr, "tcp");
  REQUIRE(tcp.ok());
  CHECK(tcp->listeners[0].tls->alpn.empty());
}

TEST_CASE("certificate and key may share a file") {
  const Folder folder;
  const MadeCertificate made = test::make_certificate({.names = {"a.test"}});
  const std::string both = folder.write("both.pem", made.cert + made.key);
  CHECK(load_with("certificates: [{ cert: " + both + " }]").ok());
}

TEST_CASE("a key that does not fit is refused where it stands") {
  const Folder folder;
  const MadeCertificate made = test::make_certificate({.names = {"a.test"}});
  const MadeCertificate other = test::make_certificate({.names = {"b.test"}});
  const auto loaded = load_with(certificates(folder, made, other.key));
  REQUIRE_FALSE(loaded.ok());
  const std::string said = conf::render(loaded.error(), false);
  CHECK_THAT(said, Catch::Contains("is not the key of certificate"));
  CHECK_THAT(said, Catch::Contains("t.yaml:5:"));
}

TEST_CASE("an expired certificate is only warned of") {
  const Folder folder;
  const MadeCertificate made = test::make_certificate({.names = {"a.test"}, .days_until_end = -3});
  conf::Diagnostics warnings;
  CHECK(load_with(certificates(folder, made, made.key), &warnings).ok());
  CHECK_THAT(conf::render(warnings, false), Catch::Contains("expired on "));
}
