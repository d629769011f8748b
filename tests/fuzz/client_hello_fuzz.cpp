// Any bytes as the beginning of a TLS connection: cut differently they are judged the same, and
// what is told of a ClientHello is fit to be compared and logged.

#include <cstdint>
#include <string_view>

#include "proxy/l4/client_hello.h"
#include "tests/fuzz/must.h"
#include "tests/fuzz/pieces.h"

using namespace poise;
using l4::ClientHelloParser;
using State = ClientHelloParser::State;

namespace {

template <class Cut>
void check_cut(std::string_view input, const ClientHelloParser& whole, Cut cut) {
  ClientHelloParser parser;
  while (!input.empty() && parser.state() == State::incomplete) {
    const std::size_t piece = cut(input.size());
    parser.feed(input.substr(0, piece));
    input.remove_prefix(piece);
  }
  MUST(parser.state() == whole.state());
  MUST(std::string_view(parser.detail()) == whole.detail());
  MUST(parser.hello().server_name == whole.hello().server_name || whole.state() == State::broken);
  MUST(parser.hello().protocols == whole.hello().protocols || whole.state() == State::broken);
}

void check_hello(const l4::ClientHello& hello) {
  MUST(hello.server_name.size() <= 255);
  for (const char c : hello.server_name) MUST(c > ' ' && c < 0x7f && (c < 'A' || c > 'Z'));
  for (const std::string& protocol : hello.protocols) {
    MUST(!protocol.empty() && protocol.size() <= 255);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzz::Pieces pieces(input);
  ClientHelloParser whole;
  whole.feed(input);
  check_cut(input, whole, [&](std::size_t left) { return pieces.next(left); });
  check_cut(input, whole, [](std::size_t) { return std::size_t{1}; });
  if (whole.state() == State::complete) check_hello(whole.hello());
  return 0;
}
