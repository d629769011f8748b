#include <catch2/catch.hpp>

#include "tests/l4/session_bed.h"

using namespace poise;
using namespace poise::l4_test;
using End = Received::End;

namespace {

BedSettings settings_for(std::initializer_list<const BackendPort*> ports) {
  BedSettings settings;
  for (const BackendPort* port : ports) settings.backends.push_back(address_of(*port));
  return settings;
}

// A session that is up: both peers have heard of each other.
struct Pair {
  PeerSocket client;
  PeerSocket backend;

  Pair(SessionBed& bed, BackendPort& port) : client(bed.connect()), backend(port.accept()) {
    REQUIRE(client.send_all("hi"));
    REQUIRE(backend.read(2) == "hi");
  }
};

}  // namespace

TEST_CASE("a TCP session carries bytes both ways and is logged once at its end") {
  BackendPort port;
  SessionBed bed(settings_for({&port.listen()}));
  PeerSocket client = bed.connect();
  REQUIRE(client.send_all("sent before the backend is connected"));
  PeerSocket backend = port.accept();
  CHECK(backend.read(36) == "sent before the backend is connected");
  REQUIRE(backend.send_all("answer"));
  CHECK(client.read(6) == "answer");
  client.end_sending();
  CHECK(backend.read_to_end().end == End::orderly);
  backend.close();
  CHECK(client.read_to_end().end == End::orderly);

  const std::string line = bed.log_line();
  CAPTURE(line);
  CHECK(
      has(line, R"("listener":"bed","route":"all","pool":"pool","backend":")" + address_of(port)));
  CHECK(has(line, R"("client":"127.0.0.1","proto":"tcp")"));
  CHECK(has(line, R"("cause":"-","phase":"-","bytes_in":36,"bytes_out":6)"));
  CHECK(has(line, R"("t_connect":)"));
  CHECK(has(line, R"("t_wait":)"));
  CHECK(has(line, R"("t_total":)"));
  CHECK_FALSE(has(line, R"("method")"));
  CHECK(bed.cells().requests[base::status_class(200)].read() == 1);
  CHECK(bed.group().cells(0).requests[base::status_class(200)].read() == 1);
  CHECK(bed.group().cells(0).in_flight.read() == 0);
  CHECK(bed.listener_cells().bytes_in.read() == 36);
  CHECK(bed.listener_cells().bytes_out.read() == 6);
  CHECK(bed.backend_connections() == 0);
}

TEST_CASE("a backend may speak first") {
  BackendPort port;
  SessionBed bed(settings_for({&port.listen()}));
  PeerSocket client = bed.connect();
  PeerSocket backend = port.accept();
  REQUIRE(backend.send_all("220 welcome"));
  CHECK(client.read(11) == "220 welcome");
}

TEST_CASE("after the client's end the backend may go on sending") {
  BackendPort port;
  SessionBed bed(settings_for({&port.listen()}));
  Pair pair(bed, port);
  pair.client.end_sending();
  CHECK(pair.backend.read_to_end().end == End::orderly);
  REQUIRE(pair.backend.send_all("late answer"));
  CHECK(pair.client.read(11) == "late answer");
  CHECK(bed.closed() == 0);
  pair.backend.end_sending();
  CHECK(pair.client.read_to_end().end == End::orderly);
  CHECK(has(bed.log_line(), R"("cause":"-")"));
}

TEST_CASE("after the backend's end the client may go on sending") {
  BackendPort port;
  SessionBed bed(settings_for({&port.listen()}));
  Pair pair(bed, port);
  pair.backend.end_sending();
  CHECK(pair.client.read_to_end().end == End::orderly);
  REQUIRE(pair.client.send_all("late question"));
  CHECK(pair.backend.read(13) == "late question");
  CHECK(bed.closed() == 0);
  pair.client.end_sending();
  CHECK(pair.backend.read_to_end().end == End::orderly);
  CHECK(has(bed.log_line(), R"("cause":"-")"));
}

TEST_CASE("a reset by the client reaches the backend as a reset") {
  BackendPort port;
  SessionBed bed(settings_for({&port.listen()}));
  Pair pair(bed, port);
  pair.client.reset();
  CHECK(pair.backend.read_to_end().end == End::reset);
  CHECK(has(bed.log_line(), R"("cause":"client_gone","phase":"tunnel")"));
  CHECK(bed.cells().failures[static_cast<std::size_t>(base::Cause::client_gone)].read() == 1);
}

TEST_CASE("a reset by the backend reaches the client as a reset, behind the bytes before it") {
  BackendPort port;
  SessionBed bed(settings_for({&port.listen()}));
  Pair pair(bed, port);
  REQUIRE(pair.backend.send_all("half an ans"));
  CHECK(pair.client.read(11) == "half an ans");
  pair.backend.reset();
  CHECK(pair.client.read_to_end().end == End::reset);
  CHECK(has(bed.log_line(), R"("cause":"response_reset","phase":"tunnel")"));
  const auto& cells = bed.group().cells(0);
  CHECK(cells.failures[static_cast<std::size_t>(base::Cause::response_reset)].read() == 1);
}

TEST_CASE("a client that still sends gets what a backend said before it reset") {
  BackendPort port;
  SessionBed bed(settings_for({&port.listen()}));
  Pair pair(bed, port);
  // All of this waits for the worker, which sees the client's byte first and cannot pass it on.
  bed.on_loop([&] {
    (void)pair.client.send_all("x");
    (void)pair.backend.send_all("no more");
    pair.backend.reset();
  });
  const Received received = pair.client.read_to_end();
  CHECK(received.bytes == "no more");
  CHECK(received.end == End::reset);
  CHECK(has(bed.log_line(), R"("cause":"response_reset","phase":"tunnel")"));
}

TEST_CASE("a session where no byte moves for the idle timeout is reset") {
  BackendPort port;
  BedSettings settings = settings_for({&port.listen()});
  settings.idle_timeout = 60ms;
  SessionBed bed(settings);
  Pair pair(bed, port);
  CHECK(pair.client.read_to_end().end == End::reset);
  CHECK(pair.backend.read_to_end().end == End::reset);
  CHECK(has(bed.log_line(), R"("cause":"request_timeout","phase":"tunnel","bytes_in":2)"));
}

TEST_CASE("bytes in one direction alone keep a session from being idle") {
  BackendPort port;
  BedSettings settings = settings_for({&port.listen()});
  settings.idle_timeout = 60ms;
  SessionBed bed(settings);
  Pair pair(bed, port);
  const auto end = std::chrono::steady_clock::now() + 300ms;
  while (std::chrono::steady_clock::now() < end) {
    REQUIRE(pair.backend.send_all("."));
    REQUIRE(pair.client.read(1) == ".");
  }
  CHECK(bed.closed() == 0);
}

TEST_CASE("close_now resets both peers and logs the reason") {
  BackendPort port;
  SessionBed bed(settings_for({&port.listen()}));
  Pair pair(bed, port);
  bed.close_all({.cause = base::Cause::draining});
  CHECK(pair.client.read_to_end().end == End::reset);
  CHECK(pair.backend.read_to_end().end == End::reset);
  CHECK(has(bed.log_line(), R"("cause":"draining","phase":"tunnel")"));
}

TEST_CASE("a client that no route takes, or that a route denies, is reset") {
  BackendPort port;
  BedSettings settings = settings_for({&port.listen()});
  SECTION("no route") {
    settings.route.match.source = {*net::Network::parse("10.0.0.0/8")};
    SessionBed bed(settings);
    CHECK(bed.connect().read_to_end().end == End::reset);
    CHECK(has(bed.log_line(), R"("cause":"no_route","phase":"accept")"));
  }
  SECTION("denied") {
    settings.route.deny = {*net::Network::parse("127.0.0.0/8")};
    SessionBed bed(settings);
    CHECK(bed.connect().read_to_end().end == End::reset);
    CHECK(has(bed.log_line(), R"("route":"all","pool":"","backend":"")"));
    CHECK(has(bed.log_line(), R"("cause":"denied","phase":"accept")"));
  }
  SECTION("not among those allowed") {
    settings.route.allow = {*net::Network::parse("10.0.0.0/8")};
    SessionBed bed(settings);
    CHECK(bed.connect().read_to_end().end == End::reset);
    CHECK(has(bed.log_line(), R"("cause":"denied","phase":"accept")"));
  }
}
