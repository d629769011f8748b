// Any bytes as an HTTP/1 request: whatever is accepted means the same once it was written again for
// a backend, and its body reads the same however it is cut.

#include <cstdint>
#include <string_view>

#include "proxy/http/h1_writer.h"
#include "proxy/http/hop_fields.h"
#include "tests/fuzz/message_rules.h"
#include "tests/fuzz/must.h"

using namespace poise;
using namespace poise::http;

namespace {

constexpr LimitsConfig kNoLimits{.header_bytes = 0, .headers = 0, .uri_bytes = 0};

void check_target(const RequestHead& head) {
  MUST(head.path == "*" || head.path.starts_with('/'));
  MUST(head.path.find('?') == std::string_view::npos);
  MUST(head.has_query || head.query.empty());
  for (const std::string_view part : {head.path, head.query, head.authority}) {
    for (const char c : part) MUST(c > ' ' && c < 0x7f && c != '#');
  }
  for (const char c : head.authority) MUST(c != '/' && c != '?' && c != '@' && c != ',');
}

void check_written_again(RequestHead& head) {
  remove_hop_fields(head.fields);
  // HTTP/1.0 may name no host; what is written then has an empty Host, which poise itself refuses.
  if (head.authority.empty()) return;
  base::Buffer out;
  write_request_head(out, head);
  const std::string text = fuzz::text_of(out);
  std::size_t looked_at = 0;
  const HeadScan scan = scan_head(text, looked_at);
  MUST(scan.found == HeadScan::Found::complete);
  MUST(scan.length == text.size());
  RequestHead again;
  const base::Error error = parse_request(text, kNoLimits, again);
  MUST(!error);
  MUST(again.method == head.method);
  MUST(again.method_text == head.method_text);
  MUST(again.path == head.path);
  MUST(again.has_query == head.has_query);
  MUST(again.query == head.query);
  MUST(again.authority == head.authority);
  MUST(again.framing == head.framing);
  MUST(again.content_length == head.content_length);
  MUST(again.expects_continue == head.expects_continue);
  MUST(again.upgrade == head.upgrade);
  MUST(again.upgrade_protocol == head.upgrade_protocol);
  remove_hop_fields(again.fields);
  fuzz::check_same(again.fields, head.fields);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzz::Pieces pieces(input);
  const HeadScan scan = fuzz::scan(input, pieces);
  if (scan.found != HeadScan::Found::complete) return 0;
  RequestHead head;
  if (parse_request(input.substr(0, scan.length), {}, head)) return 0;
  fuzz::check_fields(head.fields);
  check_target(head);
  const Framing framing = head.framing;
  const base::ByteCount length = head.content_length;
  check_written_again(head);
  if (framing != Framing::none) {
    fuzz::check_body(framing, length, input.substr(scan.length), pieces);
  }
  return 0;
}
