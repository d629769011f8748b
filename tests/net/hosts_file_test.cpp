#include "proxy/net/hosts_file.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>

using namespace poise::net;

namespace {

class ScratchFile {
 public:
  ScratchFile() {
    char name[] = "/tmp/poise_hosts_XXXXXX";
    const int fd = ::mkstemp(name);
    REQUIRE(fd >= 0);
    ::close(fd);
    path_ = name;
  }
  ~ScratchFile() { (void)std::remove(path_.c_str()); }
  void write(const std::string& text) const { std::ofstream(path_) << text; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace

TEST_CASE("a hosts file gives every address of a name, whatever its case") {
  const auto table = parse_hosts(
      "# comment\n127.0.0.1\tlocalhost  LOOP.test # more\n::1 localhost\n\n"
      "nonsense here\r\n10.0.0.1 crlf.test\r\n10.0.0.2 last.test.");
  REQUIRE(table.count("localhost") == 1);
  CHECK(table.at("localhost").size() == 2);
  CHECK(table.at("loop.test")[0].ip_text() == "127.0.0.1");
  CHECK(table.at("crlf.test")[0].ip_text() == "10.0.0.1");
  CHECK(table.at("last.test")[0].ip_text() == "10.0.0.2");
  CHECK(table.count("here") == 0);
}

TEST_CASE("a hosts file that changed is read again, and one that is gone is empty") {
  const ScratchFile file;
  HostsFile hosts(file.path());
  CHECK(hosts.find("a.test").empty());
  file.write("10.0.0.1 a.test\n");
  CHECK(hosts.find("A.test.").size() == 1);
  file.write("10.0.0.1 a.test\n10.0.0.2 a.test\n");
  CHECK(hosts.find("a.test").size() == 2);
  REQUIRE(std::remove(file.path().c_str()) == 0);
  CHECK(hosts.find("a.test").empty());
}
