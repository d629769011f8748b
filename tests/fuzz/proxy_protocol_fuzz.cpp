// Any bytes before a connection's first: what is taken for a PROXY header is taken at the same
// length however it comes, and means the same once it was written again.

#include <cstdint>
#include <string_view>

#include "proxy/net/proxy_protocol.h"
#include "tests/fuzz/must.h"

using namespace poise::net;
using Found = ProxyScan::Found;

namespace {

void check_written_again(const ProxyHeader& header) {
  const ProxyGreeting greeting{.client = header.client,
                               .called = header.called,
                               .alpn = header.alpn,
                               .authority = header.authority,
                               .unique_id = header.unique_id};
  for (const auto version : {ProxyHeaderOut::v1, ProxyHeaderOut::v2}) {
    const std::string text = write_proxy_header(version, greeting);
    ProxyHeader again;
    const ProxyScan scan = read_proxy_header(text, again);
    MUST(scan.found == Found::header);
    MUST(scan.length == text.size());
    if (!again.names_client) {
      MUST(version == ProxyHeaderOut::v1 && header.client.is_unix());
      continue;
    }
    MUST(again.client.ip_text() == header.client.ip_text());
    MUST(again.called.ip_text() == header.called.ip_text());
    MUST(again.client.port() == header.client.port());
    MUST(version == ProxyHeaderOut::v1 || again.unique_id == header.unique_id);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  ProxyHeader header;
  const ProxyScan whole = read_proxy_header(input, header);
  MUST(whole.length <= size && whole.length <= kMostProxyHeader);
  MUST((whole.found == Found::broken) == (*whole.detail != '\0'));
  const std::size_t most = whole.found == Found::header ? whole.length : size;
  Found before = Found::incomplete;
  for (std::size_t length = 0; length <= most && length < 1024; ++length) {
    ProxyHeader part;
    const ProxyScan scan = read_proxy_header(input.substr(0, length), part);
    // Once decided it stays so; a header is never found early.
    MUST(before == Found::incomplete || scan.found == before);
    MUST(scan.found != Found::header || length == whole.length);
    before = scan.found;
  }
  if (whole.found == Found::header && header.names_client) check_written_again(header);
  return 0;
}
