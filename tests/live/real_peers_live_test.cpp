// poise between programs others wrote: curl as the client; nginx, Python and Node as backends.
#include <catch2/catch.hpp>

#include "tests/support/proxied_backend.h"
#include "tests/support/proxy_under_test.h"

using namespace poise::support;

namespace {

constexpr Milliseconds kStartTime{20000};

struct CurlResult {
  int exit_code = -1;
  std::string output;
};

CurlResult curl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"curl", "-sS", "--max-time", "20"});
  ChildProcess process(arguments);
  CurlResult result;
  result.exit_code = process.wait_for_exit(Deadline(kStartTime)).value_or(-1);
  process.standard_output().wait_for_end();
  result.output = process.standard_output().text();
  return result;
}

std::string url(const LivePoise& poise, const std::string& path) {
  return "http://127.0.0.1:" + std::to_string(poise.port()) + path;
}

std::string address(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

const char* const kNodeServer = R"(
const http = require('http');
const server = http.createServer((request, response) => {
  if (request.url === '/chunks') {
    response.writeHead(200, { Trailer: 'X-T' });
    response.write('one ');
    response.write('two');
    response.addTrailers({ 'X-T': 'end' });
    return response.end();
  }
  const hash = require('crypto').createHash('sha256');
  let size = 0;
  request.on('data', (piece) => { size += piece.length; hash.update(piece); });
  request.on('end', () => response.end(request.method + ' ' + size + ' ' + hash.digest('hex')));
});
server.on('upgrade', (request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n');
  socket.pipe(socket);
});
server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
)";

// Node with its port, which it picks and prints.
struct NodeBackend {
  NodeBackend() : process({"node", "-e", kNodeServer}) {
    const auto line = process.standard_output().wait_for_line("port ", 0, Deadline(kStartTime));
    REQUIRE(line.has_value());
    port = static_cast<std::uint16_t>(std::stoul(line->substr(5)));
  }

  ChildProcess process;
  std::uint16_t port = 0;
};

}  // namespace

TEST_CASE("the programs these tests need are installed") {
  CHECK(is_installed("curl"));
  CHECK(is_installed("nginx"));
  CHECK(is_installed("python3"));
  CHECK(is_installed("node"));
}

TEST_CASE("curl gets a file from nginx through poise, whole and in part") {
  ScratchFolder folder;
  const std::string body(300000, 'n');
  folder.write("file.bin", body);
  const std::uint16_t port = unused_port();
  const auto nginx = start_nginx(
      folder, "server { listen " + address(port) + "; root " + folder.path("") + "; }\n");
  REQUIRE(is_listening(port, Deadline(kStartTime)));
  LivePoise poise(simple_config({address(port)}));

  const CurlResult whole = curl({url(poise, "/file.bin")});
  CHECK(whole.exit_code == 0);
  CHECK((whole.output == body));
  CHECK(curl({"-r", "10-19", url(poise, "/file.bin")}).output == std::string(10, 'n'));
  CHECK(curl({"-I", url(poise, "/file.bin")}).output.find("Content-Length: 300000") !=
        std::string::npos);
  CHECK(curl({"-o", "/dev/null", "-w", "%{http_code}", url(poise, "/none")}).output == "404");
}

TEST_CASE("curl sends several requests over one connection") {
  NodeBackend node;
  LivePoise poise(simple_config({address(node.port)}));
  const CurlResult result =
      curl({"-w", "%{num_connects} ", "-o", "/dev/null", "-o", "/dev/null", "-o", "/dev/null",
            url(poise, "/a"), url(poise, "/b"), url(poise, "/c")});
  CHECK(result.exit_code == 0);
  CHECK(result.output == "1 0 0 ");
}

TEST_CASE("curl uploads to Node through poise, by length and in chunks") {
  NodeBackend node;
  LivePoise poise(simple_config({address(node.port)}));
  ScratchFolder folder;
  const std::string file = folder.write("upload.bin", std::string(3000000, 'u'));
  const CurlResult by_length = curl({"--data-binary", "@" + file, url(poise, "/up")});
  const CurlResult in_chunks =
      curl({"-H", "Transfer-Encoding: chunked", "--data-binary", "@" + file, url(poise, "/up")});
  CHECK(by_length.output.find("POST 3000000 ") == 0);
  CHECK(by_length.output == in_chunks.output);
  CHECK(curl({"-T", file, url(poise, "/up")}).output.find("PUT 3000000 ") == 0);
}

TEST_CASE("Node's chunks and upgrades pass") {
  NodeBackend node;
  LivePoise poise(simple_config({address(node.port)}));
  RawClient client(poise.port());
  const Answer answer =
      client.ask(request_text("GET /chunks", "TE: trailers\r\nConnection: TE\r\n"));
  CHECK(answer.message.body == "one two");
  CHECK(answer.message.trailer("X-T") == "end");
  REQUIRE(
      client.ask(request_text("GET /up", "Connection: Upgrade\r\nUpgrade: echo\r\n")).status() ==
      101);
  client.send("over the tunnel");
  CHECK(client.read_bytes(15) == "over the tunnel");
}

TEST_CASE("Python's server of HTTP/1.0 is passed on in HTTP/1.1") {
  ScratchFolder folder;
  folder.write("hello.txt", "hello from Python\n");
  ChildProcess python({"python3", "-u", "-m", "http.server", "0", "--bind", "127.0.0.1",
                       "--directory", folder.path("")});
  const auto line = python.standard_output().wait_for_line(" port ", 0, Deadline(kStartTime));
  REQUIRE(line.has_value());
  const std::uint16_t port =
      static_cast<std::uint16_t>(std::stoul(line->substr(line->find(" port ") + 6)));
  LivePoise poise(simple_config({address(port)}));
  RawClient client(poise.port());
  for (int i = 0; i < 3; ++i) {
    const Answer answer = client.ask(request_text("GET /hello.txt"));
    REQUIRE(answer.is_complete());
    CHECK(answer.message.minor_version == 1);
    CHECK(answer.message.body == "hello from Python\n");
  }
  CHECK(curl({"-0", url(poise, "/hello.txt")}).output == "hello from Python\n");
}

TEST_CASE("curl fails when an answer is cut, as it would without poise") {
  ProxiedBackend scene(answering([](const StrictMessage&) {
    return Reply{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
                 AfterReply::close,
                 {}};
  }));
  CHECK(curl({url(scene.poise, "/cut")}).exit_code != 0);
}
