#include <malloc.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/l4/session_bed.h"

using namespace poise;
using namespace poise::l4_test;
using End = Received::End;

namespace {

// Repeats at a length no buffer has, so that a piece lost, doubled or out of place shows.
const std::string& pattern() {
  static const std::string bytes = [] {
    std::string made(1'000'003, '\0');
    base::Random random(7);
    for (char& c : made) c = static_cast<char>(random());
    return made;
  }();
  return bytes;
}

bool send_pattern(PeerSocket& socket, std::size_t total) {
  for (std::size_t sent = 0; sent < total;) {
    const std::size_t at = sent % pattern().size();
    const std::size_t part = std::min(pattern().size() - at, total - sent);
    if (!socket.send_all(std::string_view(pattern()).substr(at, part))) return false;
    sent += part;
  }
  socket.end_sending();
  return true;
}

// How many bytes came before the end, or -1 when one of them was wrong.
std::ptrdiff_t check_pattern(PeerSocket& socket) {
  std::size_t got = 0;
  while (true) {
    const std::size_t at = got % pattern().size();
    const Received piece = socket.receive(std::min<std::size_t>(pattern().size() - at, 1 << 18));
    if (std::memcmp(piece.bytes.data(), pattern().data() + at, piece.bytes.size()) != 0) return -1;
    got += piece.bytes.size();
    if (piece.end == End::orderly) return static_cast<std::ptrdiff_t>(got);
    if (piece.end != End::none) return -1;
  }
}

void carry_both_ways(SessionBed& bed, BackendPort& port, std::size_t total) {
  PeerSocket client = bed.connect();
  PeerSocket backend = port.accept();
  std::thread upload([&] { send_pattern(client, total); });
  std::thread download([&] { send_pattern(backend, total); });
  std::ptrdiff_t at_backend = 0;
  std::thread backend_reads([&] { at_backend = check_pattern(backend); });
  const std::ptrdiff_t at_client = check_pattern(client);
  upload.join();
  download.join();
  backend_reads.join();
  CHECK(at_client == static_cast<std::ptrdiff_t>(total));
  CHECK(at_backend == static_cast<std::ptrdiff_t>(total));
  const std::string count = std::to_string(total);
  CHECK(has(bed.log_line(),
            R"("cause":"-","phase":"-","bytes_in":)" + count + R"(,"bytes_out":)" + count));
}

// Sends until nobody takes anything any more; how much went.
std::size_t fill_up(PeerSocket& socket) {
  std::size_t sent = 0;
  auto progress = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - progress < 300ms) {
    const std::size_t at = sent % pattern().size();
    const ssize_t count = socket.send_some(std::string_view(pattern()).substr(at));
    if (count < 0) return 0;
    if (count == 0) std::this_thread::yield();
    if (count > 0) progress = std::chrono::steady_clock::now();
    sent += static_cast<std::size_t>(count);
  }
  return sent;
}

}  // namespace

TEST_CASE("bulk both ways arrives whole, through a pipe that is returned") {
  BackendPort port;
  SessionBed bed({.backends = {address_of(port.listen())}});
  carry_both_ways(bed, port, 100'000'000);
  bed.on_loop([&] {
    CHECK(bed.pipes().lent() == 0);
    CHECK(bed.pipes().kept() > 0);
  });
}

TEST_CASE("bulk arrives whole where no pipe is to be had") {
  BackendPort port;
  SessionBed bed({.backends = {address_of(port.listen())}});
  std::vector<net::PipePool::Lease> taken;
  bed.on_loop([&] {
    while (auto pipe = bed.pipes().borrow()) taken.push_back(std::move(pipe));
  });
  carry_both_ways(bed, port, 20'000'000);
  bed.on_loop([&] { taken.clear(); });
}

TEST_CASE("a client that reads nothing costs no memory, and loses nothing when it reads on") {
  BackendPort port(64 * 1024);
  SessionBed bed({.backends = {address_of(port.listen())}});
  PeerSocket client = bed.connect(64 * 1024);
  PeerSocket backend = port.accept();
  const base::Duration busy_before = bed.busy_time();
  const std::size_t before = mallinfo2().uordblks;
  const std::size_t sent = fill_up(backend);
  // Nor does it cost time: for the last 300 ms of it nothing moved.
  CHECK(bed.busy_time() - busy_before < 200ms);
  const std::size_t after = mallinfo2().uordblks;
  CHECK(after - std::min(before, after) < 1024 * 1024);
  CHECK(sent > 0);
  CHECK(sent < 40'000'000);  // what the kernel holds for four sockets
  std::thread rest([&, left = pattern().size() - sent % pattern().size()] {
    (void)backend.send_all(std::string_view(pattern()).substr(pattern().size() - left));
    backend.end_sending();
  });
  const std::ptrdiff_t got = check_pattern(client);
  rest.join();
  CHECK(got % static_cast<std::ptrdiff_t>(pattern().size()) == 0);
  CHECK(got >= static_cast<std::ptrdiff_t>(sent));
}

TEST_CASE("a client that resets while it holds up the backend ends the session") {
  BackendPort port(64 * 1024);
  SessionBed bed({.backends = {address_of(port.listen())}});
  PeerSocket client = bed.connect(64 * 1024);
  PeerSocket backend = port.accept();
  REQUIRE(fill_up(backend) > 0);
  client.reset();
  CHECK(backend.read_to_end().end == End::reset);
  CHECK(has(bed.log_line(), R"("cause":"client_gone","phase":"tunnel")"));
  bed.on_loop([&] { CHECK(bed.pipes().lent() == 0); });
}

TEST_CASE(
    "a client that ended its half and resets while it holds up the backend ends the session") {
  BackendPort port(64 * 1024);
  SessionBed bed({.backends = {address_of(port.listen())}});
  PeerSocket client = bed.connect(64 * 1024);
  PeerSocket backend = port.accept();
  client.end_sending();
  REQUIRE(backend.read_to_end().end == End::orderly);
  REQUIRE(fill_up(backend) > 0);
  client.reset();
  REQUIRE(comes_true([&] { return backend.send_some("x") < 0; }));
  CHECK(has(bed.log_line(), R"("cause":"client_gone","phase":"tunnel")"));
}

TEST_CASE("a session whose bytes only leave the kernel's buffers is not idle") {
  BackendPort port;
  BedSettings settings{.backends = {address_of(port.listen())}};
  settings.idle_timeout = 500ms;
  SessionBed bed(settings);
  PeerSocket client = bed.connect();
  PeerSocket backend = port.accept();
  REQUIRE(fill_up(client) > 2'000'000);
  const auto end = std::chrono::steady_clock::now() + 2s;
  while (std::chrono::steady_clock::now() < end) {
    REQUIRE(backend.read(8 * 1024).size() == 8 * 1024);
    std::this_thread::sleep_for(10ms);  // the pace of a slow reader, not a wait for anything
  }
  CHECK(bed.closed() == 0);
}
