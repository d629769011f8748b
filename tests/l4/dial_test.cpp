#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/l4/session_bed.h"

using namespace poise;
using namespace poise::l4_test;
using End = Received::End;

namespace {

std::uint64_t failures(SessionBed& bed, balancing::BackendIndex backend, base::Cause cause) {
  return bed.group().cells(backend).failures[static_cast<std::size_t>(cause)].read();
}

}  // namespace

TEST_CASE("a backend that refuses is followed by the next one") {
  BackendPort refusing;
  BackendPort port;
  port.listen();
  SessionBed bed({.backends = {address_of(refusing), address_of(port)}});
  for (int i = 0; i < 4; ++i) {
    PeerSocket client = bed.connect();
    REQUIRE(client.send_all("x"));
    PeerSocket backend = port.accept();
    REQUIRE(backend.read(1) == "x");
    client.close();
    backend.close();
  }
  const auto lines = bed.log_lines(4);
  REQUIRE(lines.size() == 4);
  const std::string tries = R"("attempts":[{"backend":")" + address_of(refusing) + R"(","ms":)";
  const auto retried = std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
    return has(line, tries) && has(line, R"("outcome":"connect_refused"})") &&
           has(line, R"("outcome":"ok"}])");
  });
  CHECK(retried > 0);
  CHECK(failures(bed, 0, base::Cause::connect_refused) == static_cast<std::uint64_t>(retried));
  CHECK(bed.group().pool_cells().retries.read() == static_cast<std::uint64_t>(retried));
}

TEST_CASE("when all backends refuse, the client is reset and the last cause is logged") {
  BackendPort one;
  BackendPort other;
  BedSettings settings{.backends = {address_of(one), address_of(other)}};
  settings.attempts = 1;
  SessionBed bed(settings);
  CHECK(bed.connect().read_to_end().end == End::reset);
  const std::string line = bed.log_line();
  CAPTURE(line);
  CHECK(has(line, R"("cause":"connect_refused","phase":"connect")"));
  CHECK_FALSE(has(line, "t_connect"));
  CHECK(failures(bed, 0, base::Cause::connect_refused) == 1);
  CHECK(failures(bed, 1, base::Cause::connect_refused) == 1);
  CHECK(bed.backend_connections() == 0);
}

TEST_CASE("without retries one refusal ends the session") {
  BackendPort refusing;
  BackendPort port;
  port.listen();
  BedSettings settings{.backends = {address_of(refusing)}};
  settings.attempts = 0;
  SessionBed bed(settings);
  CHECK(bed.connect().read_to_end().end == End::reset);
  const std::string line = bed.log_line();
  CHECK(has(line, R"("attempts":[{"backend":")" + address_of(refusing)));
  CHECK(line.find("},{") == line.npos);
}

TEST_CASE("a lone backend that just restarts is tried again after the backoff") {
  BackendPort port;
  BedSettings settings{.backends = {address_of(port)}};
  settings.attempts = 20;
  settings.backoff = 50ms;
  SessionBed bed(settings);
  PeerSocket client = bed.connect();
  REQUIRE(client.send_all("x"));
  REQUIRE(comes_true([&] { return bed.group().pool_cells().retries.read() > 0; }));
  port.listen();
  CHECK(port.accept().read(1) == "x");
}

TEST_CASE("close_now ends a session that still waits to try again") {
  BackendPort port;
  BedSettings settings{.backends = {address_of(port)}};
  settings.backoff = 1h;
  SessionBed bed(settings);
  PeerSocket client = bed.connect();
  REQUIRE(comes_true([&] { return bed.group().pool_cells().retries.read() > 0; }));
  bed.close_all({.cause = base::Cause::draining});
  CHECK(client.read_to_end().end == End::reset);
  CHECK(has(bed.log_line(), R"("cause":"draining","phase":"connect")"));
}

TEST_CASE("a backend that has all its connections is not given another") {
  BackendPort port;
  port.listen();
  BedSettings settings{.backends = {address_of(port)}};
  settings.max_connections = 1;
  SessionBed bed(settings);
  PeerSocket client = bed.connect();
  PeerSocket backend = port.accept();
  REQUIRE(backend.is_open());
  CHECK(bed.connect().read_to_end().end == End::reset);
  CHECK(has(bed.log_line(), R"("cause":"queue_full","phase":"queue")"));

  client.close();
  backend.close();
  REQUIRE(comes_true([&] { return bed.closed() == 2; }));
  PeerSocket next = bed.connect();
  CHECK(port.accept().is_open());
}

TEST_CASE("a backend may listen on a Unix socket") {
  const std::string path = "/tmp/poise-l4-" + std::to_string(::getpid()) + ".sock";
  ::unlink(path.c_str());
  const auto address = *net::Address::parse("unix:" + path);
  net::Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(listener.get(), address.get(), address.length()) == 0);
  REQUIRE(::listen(listener.get(), 8) == 0);
  SessionBed bed({.backends = {"unix:" + path}});
  PeerSocket client = bed.connect();
  REQUIRE(client.send_all("x"));
  PeerSocket backend(::accept(listener.get(), nullptr, nullptr));
  CHECK(backend.read(1) == "x");
  REQUIRE(backend.send_all("y"));
  CHECK(client.read(1) == "y");
  ::unlink(path.c_str());
}
