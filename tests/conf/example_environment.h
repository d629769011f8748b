// Where nothing is set but what an example cannot have a default for that exists: the files of a
// certificate, which is made for the test program and goes with it.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "tests/net/bare_peer.h"
#include "tests/tls/test_certificates.h"

namespace poise::test {

class ExampleFiles {
 public:
  ExampleFiles() {
    must(::mkdtemp(folder_.data()) != nullptr);
    const MadeCertificate made = make_certificate({.names = {"a.test"}});
    std::ofstream(path("cert.pem")) << made.cert;
    std::ofstream(path("key.pem")) << made.key;
  }
  ~ExampleFiles() { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_ = std::filesystem::temp_directory_path() / "poise-examples-XXXXXX";
};

inline std::optional<std::string> example_environment(const std::string& name) {
  static const ExampleFiles files;
  if (name == "POISE_CERT") return files.path("cert.pem");
  if (name == "POISE_KEY") return files.path("key.pem");
  return std::nullopt;
}

}  // namespace poise::test
