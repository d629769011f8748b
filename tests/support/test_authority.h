// An authority for live tests, made by the openssl program in a scratch folder: it signs
// certificates for servers and for clients, sound ones and others. Used by one thread.
#pragma once

#include <string>

#include "tests/support/scratch_folder.h"

namespace poise::support {

struct IssuedFiles {
  std::string cert;
  std::string key;
};

class TestAuthority {
 public:
  explicit TestAuthority(std::string name = "authority");

  const std::string& ca() const { return files_.cert; }
  // `alternative` as openssl writes it: "DNS:a.test", "IP:127.0.0.1". Negative days: has ended.
  IssuedFiles issue(const std::string& common_name, const std::string& alternative, int days = 2);

 private:
  std::string make_key(const std::string& name);

  ScratchFolder folder_;
  std::string name_;
  IssuedFiles files_;
  int count_ = 0;
};

}  // namespace poise::support
