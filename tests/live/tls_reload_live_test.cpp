// Certificates that change under a running poise, by their files alone and by a reload.
#include <catch2/catch.hpp>
#include <filesystem>
#include <thread>

#include "tests/support/secured_poise.h"

using namespace poise::support;

namespace {

namespace fs = std::filesystem;

// Keeps one connection and opens others, until a file named "stop" is there. Prints what failed.
constexpr const char* kLoad = R"py(
import os, socket, ssl, sys
port, stop = int(sys.argv[1]), sys.argv[2]
terms = ssl.create_default_context()
terms.check_hostname, terms.verify_mode = False, ssl.CERT_NONE
ASK = b"GET / HTTP/1.1\r\nHost: a.test\r\nX-Id: load\r\n\r\n"
def opened():
    return terms.wrap_socket(socket.create_connection(("127.0.0.1", port), 20), server_hostname="a.test")
def ask(s):
    s.sendall(ASK)
    got = b""
    while b"id=load" not in got:
        more = s.recv(65536)
        if not more: raise OSError("closed")
        got += more
    if not got.startswith(b"HTTP/1.1 200"): raise OSError(got[:40])
made = failed = 0
kept = opened()
while not os.path.exists(stop):
    try:
        ask(kept)
        with opened() as s: ask(s)
        made += 2
    except OSError as error:
        failed += 1
        print("failed:", error, flush=True)
print("made", made, "failed", failed, flush=True)
)py";

void copy_over(const CertificateFiles& from, const CertificateFiles& to) {
  // By rename, as those do it who know how: a reader sees the old file or the new one.
  for (const auto& [source, target] :
       {std::pair(from.key, to.key), std::pair(from.cert, to.cert)}) {
    fs::copy_file(source, target + ".new", fs::copy_options::overwrite_existing);
    fs::rename(target + ".new", target);
  }
}

std::string subject_at(std::uint16_t port) {
  const std::string said = s_client(port, " -servername a.test");
  const auto at = said.find("subject=CN = ");
  if (at == std::string::npos) return "none";
  return said.substr(at + 13, said.find('\n', at) - at - 13);
}

}  // namespace

TEST_CASE("tls live: a hundred replaced certificates under load fail no request") {
  SecuredPoise scene;
  const CertificateFiles one = scene.made.make("one"), two = scene.made.make("two");
  const CertificateFiles live = scene.made.make("first");
  scene.start(scene.certificates_of({live}));
  const std::string stop = scene.made.folder().path("stop");
  ChildProcess load({"python3", "-c", kLoad, std::to_string(scene.port()), stop});
  auto& said = scene.poise->process().standard_error();
  for (std::size_t i = 0; i < 100; ++i) {
    copy_over(i % 2 == 0 ? one : two, live);
    REQUIRE(said.wait_for_line("was replaced", i));
  }
  CHECK(subject_at(scene.port()) == "two");
  scene.made.folder().write("stop", "");
  const auto line = load.standard_output().wait_for_line("made ");
  INFO(load.standard_output().text() << load.standard_error().text());
  REQUIRE(line);
  CHECK(holds(*line, " failed 0"));
}

TEST_CASE("tls live: a certificate behind a turned symbolic link is noticed") {
  SecuredPoise scene;
  const fs::path folder = scene.made.folder().path("mounted");
  for (const std::string name : {"one", "two"}) {
    fs::create_directories(folder / ("..data_" + name));
    const CertificateFiles files = scene.made.make(name);
    fs::copy_file(files.cert, folder / ("..data_" + name) / "tls.crt");
    fs::copy_file(files.key, folder / ("..data_" + name) / "tls.key");
  }
  fs::create_directory_symlink("..data_one", folder / "..data");
  fs::create_symlink("..data/tls.crt", folder / "tls.crt");
  fs::create_symlink("..data/tls.key", folder / "tls.key");
  scene.start(scene.certificates_of({{folder / "tls.crt", folder / "tls.key"}}));
  CHECK(subject_at(scene.port()) == "one");
  fs::create_directory_symlink("..data_two", folder / "..data_tmp");
  fs::rename(folder / "..data_tmp", folder / "..data");
  REQUIRE(scene.poise->process().standard_error().wait_for_line("was replaced"));
  CHECK(comes_true([&] { return subject_at(scene.port()) == "two"; }));
}

TEST_CASE("tls live: a broken new certificate keeps the old one, and says so") {
  SecuredPoise scene;
  const CertificateFiles live = scene.made.make("first"), next = scene.made.make("next");
  scene.start(scene.certificates_of({live}));
  fs::copy_file(next.cert, live.cert, fs::copy_options::overwrite_existing);
  auto& said = scene.poise->process().standard_error();
  const auto line = said.wait_for_line("cannot be replaced");
  REQUIRE(line);
  CHECK(holds(*line, "is not the key of certificate"));
  CHECK(subject_at(scene.port()) == "first");
  // Once its key is there too, all is well.
  fs::copy_file(next.key, live.key, fs::copy_options::overwrite_existing);
  REQUIRE(said.wait_for_line("was replaced"));
  CHECK(comes_true([&] { return subject_at(scene.port()) == "next"; }));
}

TEST_CASE("tls live: a reload with a certificate that is none is refused as a whole") {
  SecuredPoise scene;
  const std::string tls = scene.certificates_of({scene.made.make("first")});
  scene.start(tls);
  const std::string broken = scene.made.folder().write("broken.pem", "no certificate");
  const std::string line =
      scene.poise->reload(scene.config("certificates: [{ cert: " + broken + " }]"));
  CHECK(holds(line, "reload refused"));
  CHECK(subject_at(scene.port()) == "first");
}

TEST_CASE("tls live: a listener gains and loses TLS by reload, and keeps its connections") {
  SecuredPoise scene;
  const std::string tls = scene.config(scene.certificates_of({scene.made.make("a.test")}));
  std::string plain = tls;
  const auto at = plain.find("    tls: ");
  plain.erase(at, plain.find('\n', at) + 1 - at);
  scene.poise = std::make_unique<LivePoise>(plain);
  RawClient before(scene.port());
  CHECK(before.ask(get_text("one")).status() == 200);
  CHECK(holds(scene.poise->reload(tls), "reloaded"));
  CHECK(comes_true([&] { return subject_at(scene.port()) == "a.test"; }));
  CHECK(before.ask(get_text("two")).status() == 200);
  CHECK(holds(scene.poise->reload(plain), "reloaded"));
  CHECK(comes_true([&] { return RawClient(scene.port()).ask(get_text("three")).status() == 200; }));
}

TEST_CASE("tls live: a reload that takes TLS away leaves those who still shake hands alone") {
  SecuredPoise scene;
  const std::string tls = scene.config(scene.certificates_of({scene.made.make("a.test")}));
  std::string plain = tls;
  const auto at = plain.find("    tls: ");
  plain.erase(at, plain.find('\n', at) + 1 - at);
  scene.poise = std::make_unique<LivePoise>(tls);
  {
    RawClient silent(scene.port());
    CHECK(subject_at(scene.port()) == "a.test");  // so the silent one was let in before
    CHECK(holds(scene.poise->reload(plain), "reloaded"));
  }
  CHECK(comes_true([&] { return RawClient(scene.port()).ask(get_text("two")).status() == 200; }));
}

TEST_CASE("tls live: a configuration with an expired certificate runs, and warns") {
  SecuredPoise scene;
  const CertificateFiles files = scene.made.make("a.test");
  ChildProcess aged({"openssl", "x509", "-in", files.cert, "-signkey", files.key, "-days", "-1",
                     "-out", files.cert + ".old"});
  REQUIRE(aged.wait_for_exit() == 0);
  scene.start(scene.certificates_of({{files.cert + ".old", files.key}}));
  CHECK(scene.poise->process().standard_error().wait_for_line("expired on"));
  CHECK(curl_tls(scene.port()).exit_code == 0);
}
