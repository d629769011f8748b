// Asking an admin and waiting: what counts as a poise, and whose fault it is when none answers.
#include "proxy/ops/admin_client.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <thread>

#include "proxy/ops/backend_change.h"
#include "tests/net/bare_peer.h"

using namespace poise;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != text.npos; }

// Answers one request after another with these, on a thread of its own.
class FakeAdmin {
 public:
  explicit FakeAdmin(std::vector<std::string> answers)
      : thread_([this, answers = std::move(answers)] {
          for (const auto& answer : answers) serve(answer);
        }) {}
  ~FakeAdmin() { thread_.join(); }

  ops::AdminTarget target() const {
    return *ops::read_admin_target("http://127.0.0.1:" + std::to_string(port_.port()));
  }

 private:
  void serve(const std::string& answer) {
    net::Fd fd;
    while (!fd) {
      fd = port_.accept();
      std::this_thread::yield();
    }
    test::BarePeer peer(std::move(fd));
    while (!has(peer.received(), "\r\n\r\n") && !peer.is_over()) {
      peer.read();
      std::this_thread::yield();
    }
    (void)peer.send_some(answer);
  }

  test::BarePort port_;
  std::thread thread_;
};

std::string json_answer(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\nConnection: close\r\n" +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

ops::AdminFault fault_of(const std::string& answer, const std::string& token = "") {
  const FakeAdmin admin({answer});
  auto target = admin.target();
  target.token = token;
  const auto reply = ops::ask_ok(target, {.target = "/api/v1/status"});
  REQUIRE_FALSE(reply.ok());
  return reply.error();
}

}  // namespace

TEST_CASE("an answer of a poise comes with its status, also where it is a refusal") {
  const FakeAdmin admin({json_answer("200 OK", R"({"ok":true})"),
                         json_answer("422 Unprocessable Content", R"({"ok":false})")});
  CHECK(ops::ask(admin.target(), {.target = "/a"})->json()["ok"] == true);
  const auto refused = ops::ask(admin.target(), {.method = "POST", .target = "/b"});
  CHECK(refused->status == 422);
  CHECK_FALSE(refused->ok());
  CHECK(refused->json()["ok"] == false);
}

TEST_CASE("what was asked for in vain is the request's fault, in the words of the poise") {
  const auto fault = fault_of(json_answer("404 Not Found", R"({"error":"no pool 'x'"})"));
  CHECK(fault.exit_code == ops::kRequestFault);
  CHECK(fault.text == "no pool 'x'");
}

TEST_CASE("a missing token and a wrong one are told apart") {
  const std::string answer = json_answer("401 Unauthorized", R"({"error":"token wanted"})");
  CHECK(has(fault_of(answer).text, "POISE_ADMIN_TOKEN"));
  CHECK(has(fault_of(answer, "t").text, "not the one of its configuration"));
  CHECK(fault_of(answer).exit_code == ops::kRequestFault);
}

TEST_CASE("a server that is no poise is told from a poise, and is the environment's fault") {
  const auto page = fault_of(
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\nConnection: "
      "close\r\n\r\nhi");
  CHECK(page.exit_code == ops::kEnvironmentFault);
  CHECK(has(page.text, "not as the admin of a poise (200, text/html)"));
  CHECK(has(fault_of(json_answer("200 OK", "{")).text, "not as the admin of a poise"));
  CHECK(has(fault_of("SSH-2.0-x\r\n\r\n").text, "no poise answers"));
}

TEST_CASE("where nobody listens, the answer says how to get an admin") {
  std::string url;
  {
    const test::BarePort port;
    url = "http://127.0.0.1:" + std::to_string(port.port());
  }
  const auto reply = ops::ask(*ops::read_admin_target(url), {.target = "/"});
  REQUIRE_FALSE(reply.ok());
  CHECK(reply.error().exit_code == ops::kEnvironmentFault);
  CHECK(has(reply.error().text, "no poise answers at " + url + ": Connection refused"));
  CHECK(has(reply.error().text, "admin: { bind: "));
}

TEST_CASE("names from the configuration cannot change what a URL means") {
  CHECK(ops::url_escaped("unix:/run/a b?#%") == "unix%3A%2Frun%2Fa%20b%3F%23%25");
}

TEST_CASE("a backend is named by its pool and its name, which may hold slashes") {
  CHECK(ops::read_backend_name("app/unix:/run/a.sock")->backend == "unix:/run/a.sock");
  for (const auto* wrong : {"app", "/b", "app/", ""}) CHECK_FALSE(ops::read_backend_name(wrong));
}

TEST_CASE("a wait for a drain tells of every change, and ends when nothing is under way") {
  const auto pool = [](const std::string& state, int streams) {
    return json_answer("200 OK", R"({"name":"app","backends":[{"name":"b1","state":")" + state +
                                     R"(","drain":{"streams":)" + std::to_string(streams) +
                                     R"(,"sessions":0}}]})");
  };
  std::vector<double> told;
  const auto note = [&](const ops::BackendView& backend) {
    told.push_back(backend.drain->streams);
  };
  {
    const FakeAdmin admin({pool("draining", 2), pool("draining", 2), pool("draining", 0)});
    CHECK(ops::wait_until_drained(admin.target(), {"app", "b1"}, std::chrono::seconds(5), note));
    CHECK(told == std::vector<double>{2, 0});
  }
  const FakeAdmin admin({pool("up", 0)});
  const auto undrained =
      ops::wait_until_drained(admin.target(), {"app", "b1"}, std::chrono::seconds(5), note);
  REQUIRE_FALSE(undrained.ok());
  CHECK(undrained.error().text == "app/b1 is up, not draining");
}
