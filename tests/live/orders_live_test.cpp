// What operators order by the admin of a running poise: backends drain and weigh, configurations
// are planned, taken up, tried and taken back.
#include <catch2/catch.hpp>
#include <set>

#include "tests/support/proxied_backend.h"

using namespace poise::support;

namespace {

const std::string kAdmin = "admin: { bind: 127.0.0.1:0 }\n";

BackendScript called(const std::string& name) {
  return answering([name](const StrictMessage&) { return plain_reply(name); });
}

// Answers with its name, but "/held" only once the gate is open.
BackendScript holding(const std::string& name, Gate& gate) {
  return answering([name, &gate](const StrictMessage& request) {
    Reply reply = plain_reply(name);
    if (request.target == "/held") reply.before_piece = [&gate](std::size_t) { gate.wait(); };
    return reply;
  });
}

BackendScript failing() {
  return answering([](const StrictMessage&) {
    return Reply{{"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n"}, AfterReply::keep, {}};
  });
}

// A poise with an admin; its backends are named b0, b1 … in pool app.
class OrderedPoise {
 public:
  explicit OrderedPoise(const std::vector<std::string>& backends, const std::string& pool = "",
                        const std::string& listener = "")
      : poise_(config(backends, pool, listener)) {
    const auto line = log().wait_for_line("admin at http://127.0.0.1:");
    REQUIRE(line);
    admin_port_ = static_cast<std::uint16_t>(std::stoul(line->substr(line->rfind(':') + 1)));
    REQUIRE(log().wait_for_line("poise runs with"));
  }

  static std::string config(const std::vector<std::string>& backends, const std::string& pool = "",
                            const std::string& listener = "") {
    std::string text = kAdmin + "workers: 1\nlisteners:\n  - name: web\n    bind: 127.0.0.1:0\n" +
                       (listener.empty() ? "    pool: app\n" : listener) +
                       "pools:\n  app:\n    backends:\n";
    for (std::size_t i = 0; i < backends.size(); ++i) {
      text += "      - { name: b" + std::to_string(i) + ", address: \"" + backends[i] + "\" }\n";
    }
    return text + pool;
  }

  LivePoise& live() { return poise_; }
  std::string admin_url() const { return "http://127.0.0.1:" + std::to_string(admin_port_); }
  std::uint16_t port() const { return poise_.port(); }
  OutputLines& log() { return poise_.process().standard_error(); }
  bool says(const std::string& part) { return log().wait_for_line(part).has_value(); }
  void write(const std::string& yaml) { poise_.folder().write("poise.yaml", yaml); }

  Answer post(const std::string& path, const std::string& body = "") {
    RawClient client(admin_port_);
    return client.ask("POST /api/v1" + path + " HTTP/1.1\r\nHost: localhost\r\nX-Poise: 1\r\n" +
                      "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  Answer order(const std::string& backend, const std::string& what) {
    return post("/pools/app/backends/" + backend + "/" + what);
  }
  // Who answers so many new clients.
  std::multiset<std::string> asked(int times, const std::string& fields = "") {
    std::multiset<std::string> names;
    for (int i = 0; i < times; ++i) {
      names.insert(RawClient(port()).ask(get_text("x", fields)).message.body);
    }
    return names;
  }

 private:
  LivePoise poise_;
  std::uint16_t admin_port_ = 0;
};

bool holds(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a backend that drains gets nothing new until it is called off, over reloads, too") {
  RecordingBackend zero(called("0"));
  RecordingBackend one(called("1"));
  const std::vector<std::string> both{zero.address(), one.address()};
  OrderedPoise poise(both);
  CHECK(poise.asked(8).count("0") == 4);
  const Answer answer = poise.order("b0", "drain");
  CHECK(answer.status() == 200);
  CHECK(holds(answer.message.body, R"("state":"draining")"));
  CHECK(poise.says("backend app/b0 drains: 0 streams and 0 sessions are left there"));
  CHECK(poise.says("backend app/b0 is drained: nothing is left there"));
  CHECK(poise.asked(8).count("1") == 8);
  poise.live().reload(OrderedPoise::config(both, "    retry: { attempts: 1 }\n"));
  CHECK(poise.asked(8).count("1") == 8);
  CHECK(holds(poise.order("b0", "undrain").message.body, R"("state":"up")"));
  CHECK(poise.asked(8).count("0") == 4);
}

TEST_CASE("at the deadline of a drain what is left ends, and what can be tried elsewhere is") {
  Gate gate;
  RecordingBackend held(holding("0", gate));
  RecordingBackend one(called("1"));
  OrderedPoise poise({held.address(), one.address()});
  CHECK(poise.order("b1", "drain").status() == 200);
  RawClient reading(poise.port());
  reading.send(request_text("GET /held"));
  RawClient writing(poise.port());
  writing.send(request_text("POST /held", "Content-Length: 1\r\n") + "x");
  REQUIRE(comes_true([&] { return held.request_count() == 2; }));
  CHECK(poise.order("b1", "undrain").status() == 200);

  CHECK(holds(poise.order("b0", "drain?deadline=200ms").message.body, R"("streams":2)"));
  CHECK(
      poise.says("backend app/b0: its time to drain is over: 2 streams and 0 sessions were left"));
  const Answer read = reading.read_answer();
  CHECK(read.status() == 200);
  CHECK(read.message.body == "1");
  const Answer written = writing.read_answer("POST");
  CHECK(written.status() == 503);
  CHECK(holds(written.message.value("Proxy-Status"), "draining"));
  CHECK(comes_true([&] { return held.open_connections() == 0; }));
  gate.open();
}

TEST_CASE("tunnels, sessions and waiting requests end with a drain") {
  RecordingBackend tunnels(answering([](const StrictMessage&) {
    return Reply{{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\n\r\n"},
                 AfterReply::tunnel,
                 {}};
  }));
  ListeningSocket far;
  OrderedPoise poise({tunnels.address()},
                     "    connections: { max: 1 }\n    queue: { timeout: 60s }\n  plain:\n"
                     "    backends: [{ name: far, address: \"127.0.0.1:" +
                         std::to_string(far.port()) + "\" }]\n",
                     "    pool: app\n  - name: tcp\n    bind: 127.0.0.1:0\n    protocol: tcp\n"
                     "    pool: plain\n");
  RawClient tunnel(poise.port());
  REQUIRE(tunnel
              .ask(get_text("ws",
                            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
                            "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"))
              .status() == 101);
  RawClient waiting(poise.port());
  waiting.send(get_text("waits"));
  RawClient session(poise.live().opened_port(1));
  BlockingSocket peer = far.accept();
  REQUIRE(peer.is_open());
  const std::string without =
      OrderedPoise::config({"127.0.0.1:1"}, "  plain: { backends: [\"127.0.0.1:1\"] }\n");
  REQUIRE(comes_true([&] {
    return poise.post("/plan", without).message.body.find("2 streams end there") !=
           std::string::npos;
  }));
  CHECK(poise.order("b0", "drain?deadline=0s").status() == 200);
  CHECK(poise.post("/pools/plain/backends/far/drain?deadline=0s").status() == 200);
  CHECK(tunnel.is_closed_by_peer());
  CHECK(waiting.read_answer().status() == 503);
  CHECK(session.is_closed_by_peer());
  CHECK(comes_true([&] { return tunnels.open_connections() == 0; }));
  CHECK(poise.says("backend plain/far: its time to drain is over: 1 streams"));
}

TEST_CASE("sticky sessions stay with a backend that drains until its time is over") {
  RecordingBackend zero(called("0"));
  RecordingBackend one(called("1"));
  OrderedPoise poise({zero.address(), one.address()}, "    balance: sticky-cookie\n");
  std::string cookie;
  for (int i = 0; i < 20 && cookie.empty(); ++i) {
    const Answer answer = RawClient(poise.port()).ask(get_text("x"));
    if (answer.message.body != "0") continue;
    const std::string set = answer.message.value("Set-Cookie");
    cookie = "Cookie: " + set.substr(0, set.find(';')) + "\r\n";
  }
  REQUIRE_FALSE(cookie.empty());
  CHECK(holds(poise.order("b0", "drain").message.body, R"("sessions":1)"));
  CHECK(poise.asked(4, cookie).count("0") == 4);
  CHECK(poise.asked(4).count("1") == 4);
  CHECK(poise.order("b0", "drain?deadline=0s").status() == 200);
  CHECK(poise.says("0 streams and 1 sessions were left"));
  CHECK(poise.asked(4, cookie).count("1") == 4);
}

TEST_CASE(
    "a weight by order goes before the configured one, over reloads, until it is given back") {
  RecordingBackend zero(called("0"));
  RecordingBackend one(called("1"));
  const std::vector<std::string> both{zero.address(), one.address()};
  OrderedPoise poise(both);
  CHECK(holds(poise.order("b0", "weight?value=0").message.body, R"("weight":0)"));
  CHECK(comes_true([&] { return poise.asked(8).count("1") == 8; }));
  poise.live().reload(OrderedPoise::config(both, "    retry: { attempts: 1 }\n"));
  CHECK(poise.asked(8).count("1") == 8);
  CHECK(holds(poise.order("b0", "weight?value=configured").message.body, R"("weight":1)"));
  CHECK(comes_true([&] { return poise.asked(8).count("0") == 4; }));
}

TEST_CASE("orders that make no sense are refused in words") {
  RecordingBackend zero(called("0"));
  OrderedPoise poise({zero.address()});
  CHECK(poise.order("b7", "drain").status() == 404);
  CHECK(holds(poise.order("b7", "undrain").message.body, "pool 'app' has no backend 'b7'"));
  CHECK(holds(poise.post("/pools/none/backends/b0/weight?value=1").message.body,
              "there is no pool 'none'"));
  CHECK(poise.order("b0", "drain?deadline=soon").status() == 400);
  CHECK(poise.order("b0", "weight").status() == 400);
  CHECK(poise.order("b0", "weight?value=65536").status() == 400);
  CHECK(poise.post("/reload?confirm=never").status() == 400);
  CHECK(poise.post("/reload/confirm").status() == 409);
  CHECK(poise.post("/plan").status() == 400);
}

TEST_CASE("a plan says what would change and what runs there, and changes nothing") {
  Gate gate;
  RecordingBackend zero(holding("0", gate));
  RecordingBackend one(called("1"));
  OrderedPoise poise({zero.address()});
  RawClient held(poise.port());
  held.send(request_text("GET /held"));
  REQUIRE(comes_true([&] { return zero.request_count() == 1; }));
  const Answer answer = poise.post(
      "/plan",
      OrderedPoise::config({one.address()}, "  more: { backends: [\"" + one.address() + "\"] }\n"));
  CHECK(answer.status() == 200);
  CHECK(holds(answer.message.body, "pool 'more' added"));
  CHECK(holds(answer.message.body, "backend 'b0' of pool 'app' added"));
  CHECK(holds(answer.message.body,
              "backend 'b0' of pool 'app' removed: 1 stream ends there as begun"));
  const Answer faulty = poise.post("/plan", OrderedPoise::config({"nowhere"}));
  CHECK(faulty.status() == 422);
  CHECK(holds(faulty.message.body, "\"line\":10"));
  CHECK(poise.log().text().find("reload") == std::string::npos);
  gate.open();
  CHECK(held.read_answer().message.body == "0");
}

TEST_CASE("a reload by order answers when it is done, or with every fault at its place") {
  RecordingBackend zero(called("0"));
  RecordingBackend one(called("1"));
  OrderedPoise poise({zero.address()});
  poise.write(OrderedPoise::config({one.address()}));
  const Answer answer = poise.post("/reload");
  CHECK(answer.status() == 200);
  CHECK(holds(answer.message.body, R"("ok":true,"generation":2)"));
  CHECK(poise.asked(1).count("1") == 1);
  poise.write(OrderedPoise::config({one.address()}, "    blance: random\n    nonsense: 1\n"));
  const Answer faulty = poise.post("/reload");
  CHECK(faulty.status() == 422);
  CHECK(holds(faulty.message.body, "unknown key 'blance'"));
  CHECK(holds(faulty.message.body, "unknown key 'nonsense'"));
  CHECK(holds(faulty.message.body, R"("line":12)"));
}

TEST_CASE("a configuration on trial goes back by itself when nobody confirms it") {
  RecordingBackend zero(called("0"));
  RecordingBackend one(called("1"));
  OrderedPoise poise({zero.address()});
  poise.write(OrderedPoise::config({one.address()}));
  CHECK(poise.post("/reload?confirm=300ms").status() == 200);
  CHECK(poise.asked(1).count("1") == 1);
  CHECK(poise.says("generation 2 does not stand its trial: it was not confirmed in time"));
  CHECK(poise.says("reloaded: generation 3"));
  CHECK(poise.asked(1).count("0") == 1);
}

TEST_CASE("a configuration on trial stays once it is confirmed") {
  RecordingBackend zero(called("0"));
  RecordingBackend one(called("1"));
  OrderedPoise poise({zero.address()});
  poise.write(OrderedPoise::config({one.address()}));
  CHECK(poise.post("/reload?confirm=2s").status() == 200);
  CHECK(poise.post("/reload/confirm").status() == 200);
  CHECK(poise.says("generation 2 is confirmed"));
  CHECK(poise.post("/reload/confirm").status() == 409);
  CHECK(poise.asked(1).count("1") == 1);
}

TEST_CASE("a configuration on trial goes back at once when its routes fail more than before") {
  RecordingBackend good(called("0"));
  RecordingBackend bad(failing());
  OrderedPoise poise({good.address()});
  CHECK(poise.asked(100).count("0") == 100);
  poise.write(OrderedPoise::config({bad.address()}));
  CHECK(poise.post("/reload?confirm=10m").status() == 200);
  const bool went_back = comes_true(
      [&] {
        (void)poise.asked(20);
        return poise.log().text().find("reloaded: generation 3") != std::string::npos;
      },
      Deadline(kPatience * 2));
  INFO(poise.log().text());
  CHECK(went_back);
  CHECK(poise.says("requests failed, 0 % before: the configuration before it comes back"));
  CHECK(poise.asked(4).count("0") == 4);
}

TEST_CASE("a configuration on trial goes back at once when its routes are much slower") {
  RecordingBackend fast(called("0"));
  RecordingBackend slow(answering([](const StrictMessage&) {
    Reply reply = plain_reply("slow");
    reply.before_piece = [](std::size_t) { std::this_thread::sleep_for(Milliseconds(60)); };
    return reply;
  }));
  OrderedPoise poise({fast.address()});
  CHECK(poise.asked(200).count("0") == 200);
  poise.write(OrderedPoise::config({slow.address()}));
  CHECK(poise.post("/reload?confirm=10m").status() == 200);
  const bool went_back = comes_true(
      [&] {
        (void)poise.asked(20);
        return poise.log().text().find("reloaded: generation 3") != std::string::npos;
      },
      Deadline(kPatience * 6));
  INFO(poise.log().text());
  CHECK(went_back);
  CHECK(holds(poise.log().text(),
              "does not stand its trial: route 'route-1' of listener 'web': p99 is"));
}

TEST_CASE("the commands plan, reload and confirm a running poise, with exit codes") {
  RecordingBackend zero(called("0"));
  RecordingBackend one(called("1"));
  OrderedPoise poise({zero.address()});
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), poise_binary());
    words.insert(words.end(), {"--admin", poise.admin_url()});
    auto command = std::make_unique<ChildProcess>(words);
    const int exit_code = command->wait_for_exit().value_or(-1);
    command->standard_output().wait_for_end();
    command->standard_error().wait_for_end();
    const std::string said = command->standard_output().text() + command->standard_error().text();
    return std::pair(exit_code, said);
  };
  const ScratchFolder folder;
  const auto planned =
      run({"plan", "-c", folder.write("n.yaml", OrderedPoise::config({one.address()}))});
  CHECK(planned.first == 0);
  CHECK(holds(planned.second, "backend 'b0' of pool 'app' added\n"));
  CHECK(holds(planned.second, "backend 'b0' of pool 'app' removed: no stream runs there\n"));
  const std::string broken = OrderedPoise::config({one.address()}, "    blance: random\n");
  const auto refused = run({"plan", "-c", folder.write("broken.yaml", broken)});
  CHECK(refused.first == 1);
  CHECK(holds(refused.second, "broken.yaml:11:5: error: unknown key 'blance'"));
  CHECK(run({"plan", "-c", folder.path("none.yaml")}).first == 3);

  poise.write(broken);
  const auto faulty = run({"reload"});
  CHECK(faulty.first == 1);
  CHECK(holds(faulty.second, "poise.yaml:11:5: error: unknown key 'blance'"));
  poise.write(OrderedPoise::config({one.address()}));
  const auto tried = run({"reload", "--confirm", "10m"});
  CHECK(tried.first == 0);
  CHECK(holds(tried.second, "on trial: it goes back in 10m unless you say"));
  CHECK(run({"reload", "--confirm-now"}) == std::pair(0, std::string("confirmed\n")));
  CHECK(run({"reload", "--confirm-now"}).first == 1);
  CHECK(run({"reload", "--confirm-now", "--confirm", "1s"}).first == 2);
  CHECK(poise.asked(1).count("1") == 1);
}
