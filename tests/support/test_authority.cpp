#include "tests/support/test_authority.h"

#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/support/child_process.h"

namespace poise::support {
namespace {

void openssl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "openssl");
  ChildProcess process(arguments);
  if (process.wait_for_exit(Deadline(Milliseconds(20'000))) == 0) return;
  throw std::runtime_error("openssl " + arguments[1] +
                           " failed: " + process.standard_error().text());
}

}  // namespace

TestAuthority::TestAuthority(std::string name) : name_(std::move(name)) {
  files_ = {folder_.path("ca.pem"), make_key("ca")};
  openssl({"req", "-x509", "-new", "-key", files_.key, "-days", "2", "-out", files_.cert, "-subj",
           "/CN=" + name_, "-addext", "keyUsage=critical,keyCertSign"});
}

std::string TestAuthority::make_key(const std::string& name) {
  std::string path = folder_.path(name + ".key");
  openssl({"ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path});
  return path;
}

IssuedFiles TestAuthority::issue(const std::string& common_name, const std::string& alternative,
                                 int days) {
  const std::string id = std::to_string(++count_);
  const IssuedFiles files{folder_.path(id + ".pem"), make_key(id)};
  const std::string request = folder_.path(id + ".csr");
  const std::string extensions = folder_.write(id + ".ext", "subjectAltName=" + alternative + "\n");
  openssl({"req", "-new", "-key", files.key, "-out", request, "-subj", "/CN=" + common_name});
  openssl({"x509", "-req", "-in", request, "-CA", files_.cert, "-CAkey", files_.key,
           "-CAcreateserial", "-days", std::to_string(days), "-extfile", extensions, "-out",
           files.cert});
  return files;
}

}  // namespace poise::support
