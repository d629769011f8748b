#include "proxy/l4/client_hello.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/hello_text.h"

using namespace poise::l4;
using namespace poise::support;
using namespace std::string_literals;
using State = ClientHelloParser::State;

namespace {

State feed_by(ClientHelloParser& parser, std::string_view bytes, std::size_t piece) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    if (parser.feed(bytes.substr(0, piece)) != State::incomplete) break;
  }
  return parser.state();
}

void check_broken(const char* what, const std::string& bytes, TlsAlert alert) {
  INFO(what);
  ClientHelloParser parser;
  CHECK(parser.feed(bytes) == State::broken);
  CHECK(parser.detail() != ""s);
  CHECK(parser.alert() == alert);
}

std::string with(const std::string& extensions) { return record_of(hello_message(extensions)); }

}  // namespace

TEST_CASE("a ClientHello tells the name and the protocols") {
  ClientHelloParser parser;
  CHECK(parser.feed(client_hello("Api.Example.com", {"h2", "http/1.1"})) == State::complete);
  CHECK(parser.hello().server_name == "api.example.com");
  CHECK(parser.hello().protocols == std::vector<std::string>{"h2", "http/1.1"});
}

TEST_CASE("a ClientHello without a name, or without extensions, is one too") {
  ClientHelloParser no_name;
  CHECK(no_name.feed(client_hello("")) == State::complete);
  CHECK(no_name.hello().server_name.empty());
  ClientHelloParser bare;
  CHECK(bare.feed(record_of(message_of(body_before_extensions()))) == State::complete);
  ClientHelloParser dotted;
  CHECK(dotted.feed(client_hello("a.example.")) == State::complete);
  CHECK(dotted.hello().server_name == "a.example");
}

TEST_CASE("a ClientHello reads the same however it is cut, in pieces and in records") {
  const std::string message = hello_message(server_name("a.example") + protocols({"h2"}));
  for (const std::size_t record : {1, 3, 4, 5, 50, 16384}) {
    const std::string bytes = records_of(message, record);
    for (const std::size_t piece : {1, 2, 7, 100000}) {
      ClientHelloParser parser;
      CHECK(feed_by(parser, bytes, piece) == State::complete);
      CHECK(parser.hello().server_name == "a.example");
      ClientHelloParser cut;
      CHECK(feed_by(cut, std::string_view(bytes).substr(0, bytes.size() - 1), piece) ==
            State::incomplete);
    }
  }
}

TEST_CASE("what follows a ClientHello is not looked at") {
  ClientHelloParser parser;
  CHECK(parser.feed(client_hello("a.example") + "\x17\x03\x03 early data") == State::complete);
  CHECK(parser.feed("more") == State::complete);
}

TEST_CASE("what is no ClientHello is refused at the first byte that shows it") {
  check_broken("HTTP", "GET / HTTP/1.1\r\n", TlsAlert::unexpected_message);
  check_broken("SSL 2", "\x80\x2e\x01", TlsAlert::unexpected_message);
  check_broken("no TLS version", "\x16\x02", TlsAlert::decode_error);
  check_broken("an empty record", "\x16\x03\x01" + number_of(0, 2), TlsAlert::decode_error);
  check_broken("a long record", "\x16\x03\x01" + number_of(16385, 2), TlsAlert::record_overflow);
  check_broken("a ServerHello", record_of("\x02"), TlsAlert::unexpected_message);
  check_broken("an alert between the fragments",
               record_of(hello_message("").substr(0, 9)) + "\x15\x03\x01",
               TlsAlert::unexpected_message);
}

TEST_CASE("a ClientHello with a length that does not fit is refused") {
  const std::string name = server_name("a.example");
  const auto broken = [](const char* what, const std::string& bytes) {
    check_broken(what, bytes, TlsAlert::decode_error);
  };
  broken("an empty message", record_of(message_of("")));
  broken("a session id too long",
         record_of(message_of("\x03\x03" + std::string(32, 'r') + sized(std::string(33, 's'), 1) +
                              sized("\x13\x01", 2) + sized("\x01", 1))));
  broken("no ciphers", record_of(message_of("\x03\x03" + std::string(32, 'r') + sized("", 1) +
                                            sized("", 2) + sized("\x01", 1))));
  broken("half a cipher", record_of(message_of("\x03\x03" + std::string(32, 'r') + sized("", 1) +
                                               sized("abc", 2) + sized("\x01", 1))));
  broken("bytes behind the extensions",
         record_of(message_of(body_before_extensions() + sized(name, 2) + "x")));
  broken("extensions too short",
         record_of(message_of(body_before_extensions() + number_of(99, 2) + name)));
  broken("half an extension", with(name.substr(0, name.size() - 1)));
  broken("two names", with(name + name));
  broken("two protocol lists", with(protocols({"h2"}) + protocols({"h2"})));
  broken("an empty name", with(server_name("")));
  broken("a name with a NUL", with(server_name("a\0b"s)));
  broken("a name with a space", with(server_name("a b")));
  broken("a name too long", with(server_name(std::string(256, 'a'))));
  broken("a name that is none", with(extension(0, sized("\x01" + sized("a", 2), 2))));
  broken("two names in one list",
         with(extension(0, sized("\0"s + sized("a", 2) + "\0"s + sized("b", 2), 2))));
  broken("a list of names too short", with(extension(0, number_of(99, 2) + "x")));
  broken("no name in the list", with(extension(0, sized("", 2))));
  broken("an empty list of protocols", with(extension(16, sized("", 2))));
  broken("an empty protocol", with(protocols({"h2", ""})));
  broken("half a protocol", with(extension(16, sized("\x05h2", 2))));
}

TEST_CASE("a ClientHello is kept up to a limit only") {
  check_broken("by its own word", record_of("\x01" + number_of(16 * 1024 + 1, 3)),
               TlsAlert::record_overflow);
  const std::string padding = extension(21, std::string(15 * 1024, '\0'));
  ClientHelloParser large;
  CHECK(large.feed(records_of(hello_message(padding), 16384)) == State::complete);
  check_broken("by its records", records_of(hello_message(padding), 1), TlsAlert::record_overflow);
}

TEST_CASE("an alert is one record of seven bytes") {
  CHECK(alert_record(TlsAlert::unrecognized_name) == "\x15\x03\x03\0\x02\x02\x70"s);
}
