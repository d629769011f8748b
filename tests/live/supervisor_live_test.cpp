// poise under a supervisor that speaks systemd's protocol: what it is told and when, the sockets it
// hands in, and its watchdog.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstring>

#include "tests/support/proxied_backend.h"
#include "tests/support/succession.h"

using namespace poise::support;

namespace {

// Receives what a service tells its supervisor.
class NotifySocket {
 public:
  explicit NotifySocket(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  ~NotifySocket() { ::close(fd_); }

  // The next datagram that contains this; what comes before it is dropped.
  std::string next_with(const std::string& part, Deadline deadline = Deadline(kPatience * 2)) {
    while (!deadline.is_over()) {
      pollfd ready{fd_, POLLIN, 0};
      if (::poll(&ready, 1, static_cast<int>(deadline.left().count())) <= 0) continue;
      char bytes[4096];
      const ssize_t taken = ::recv(fd_, bytes, sizeof bytes, 0);
      const std::string text(bytes, static_cast<std::size_t>(std::max<ssize_t>(taken, 0)));
      if (text.find(part) != text.npos) return text;
    }
    return "nothing with " + part;
  }

 private:
  int fd_ = -1;
};

std::string config(const RecordingBackend& backend, const std::string& bind = "127.0.0.1:0") {
  return "workers: 2\nlisteners:\n  - bind: " + bind + "\n    pool: app\npools:\n  app:\n" +
         "    backends: [\"" + backend.address() + "\"]\n";
}

struct Supervised {
  explicit Supervised(std::vector<std::string> more = {}) {
    more.push_back("NOTIFY_SOCKET=" + folder.path("notify"));
    poise = std::make_unique<Succession>(config(backend), 1, more);
  }

  ScratchFolder folder;
  NotifySocket notify{folder.path("notify")};
  RecordingBackend backend;
  std::unique_ptr<Succession> poise;
};

}  // namespace

TEST_CASE("a supervisor hears when poise is ready, reloads, and stops") {
  Supervised scene;
  CHECK(scene.notify.next_with("READY=1") == "READY=1\nSTATUS=serving");
  scene.poise->signal(scene.poise->first(), SIGHUP);
  CHECK(scene.notify.next_with("RELOADING=1").find("\nMONOTONIC_USEC=") != std::string::npos);
  CHECK(scene.notify.next_with("READY=1") == "READY=1\nSTATUS=serving");
  scene.poise->write_config("nonsense: 1\n");
  scene.poise->signal(scene.poise->first(), SIGHUP);
  CHECK(scene.notify.next_with("RELOADING=1").find("\nMONOTONIC_USEC=") != std::string::npos);
  CHECK(scene.notify.next_with("READY=1").find("reload refused") != std::string::npos);
  scene.poise->signal(scene.poise->first(), SIGTERM);
  CHECK(scene.notify.next_with("STOPPING=1") == "STOPPING=1\nSTATUS=draining");
  CHECK(scene.poise->exit_code(scene.poise->first()) == 0);
}

TEST_CASE("a supervisor hears which process is the main one after an upgrade") {
  Supervised scene;
  CHECK(scene.notify.next_with("READY=1") == "READY=1\nSTATUS=serving");
  REQUIRE(scene.poise->upgrade());
  CHECK(scene.notify.next_with("MAINPID") == "MAINPID=" + std::to_string(scene.poise->in_charge()));
  CHECK(scene.notify.next_with("READY=1") == "READY=1\nSTATUS=serving");
}

TEST_CASE("a watchdog hears that poise is alive, before and after an upgrade") {
  Supervised scene({"WATCHDOG_USEC=400000"});
  for (int i = 0; i < 3; ++i) CHECK(scene.notify.next_with("WATCHDOG=1") == "WATCHDOG=1");
  REQUIRE(scene.poise->upgrade());
  scene.notify.next_with("READY=1");
  REQUIRE(scene.poise->exit_code(scene.poise->first()) == 0);
  for (int i = 0; i < 3; ++i) CHECK(scene.notify.next_with("WATCHDOG=1") == "WATCHDOG=1");
}

TEST_CASE("a watchdog that is meant for another process hears nothing") {
  Supervised scene({"WATCHDOG_USEC=100000", "WATCHDOG_PID=1"});
  CHECK(scene.notify.next_with("READY=1") == "READY=1\nSTATUS=serving");
  CHECK(scene.notify.next_with("WATCHDOG=1", Deadline(Milliseconds(400))) ==
        "nothing with WATCHDOG=1");
}

TEST_CASE("sockets that a supervisor opened are gone on with, by address") {
  RecordingBackend backend;
  ScratchFolder folder;
  const ListeningSocket theirs;
  const std::string bind = "127.0.0.1:" + std::to_string(theirs.port());
  // A shell hands the descriptor on as a supervisor does: it knows the process id to be.
  folder.write("poise.yaml", config(backend, bind));
  const int inherited = ::fcntl(theirs.fd(), F_DUPFD, 50);
  REQUIRE(inherited >= 50);
  const std::string script = "exec 3<&" + std::to_string(inherited) + "; exec " +
                             std::to_string(inherited) + "<&-; LISTEN_PID=$$ LISTEN_FDS=1 exec '" +
                             poise_binary() + "' run -c '" + folder.path("poise.yaml") + "'";
  ChildProcess poise({"/bin/bash", "-c", script});
  ::close(inherited);
  REQUIRE(poise.standard_error().wait_for_line("listening on " + bind));
  for (int i = 0; i < 8; ++i) {
    CHECK(RawClient(theirs.port()).ask(get_text("1")).status() == 200);
  }
  poise.signal(SIGTERM);
  CHECK(poise.wait_for_exit() == 0);
  // The supervisor still has it.
  CHECK(RawClient(theirs.port()).is_connected());
}

TEST_CASE("a descriptor that is no listening socket is refused") {
  RecordingBackend backend;
  ScratchFolder folder;
  folder.write("poise.yaml", config(backend));
  const std::string script = "exec 3</dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec '" +
                             poise_binary() + "' run -c '" + folder.path("poise.yaml") + "'";
  ChildProcess poise({"/bin/bash", "-c", script});
  CHECK(poise.standard_error().wait_for_line(
      "LISTEN_FDS: descriptor 3 is no stream socket that listens"));
  CHECK(poise.wait_for_exit() == 3);
}
