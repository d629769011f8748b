// Any bytes as an HTTP/1 response, to each kind of request it could answer: whatever is accepted
// means the same once it was written again for a client, and its body reads the same however cut.

#include <cstdint>
#include <string_view>

#include "proxy/http/h1_writer.h"
#include "proxy/http/hop_fields.h"
#include "proxy/http/validate.h"
#include "tests/fuzz/message_rules.h"
#include "tests/fuzz/must.h"

using namespace poise;
using namespace poise::http;

namespace {

constexpr ResponseExpectation kExpectations[] = {
    {.method = Method::get}, {.method = Method::head}, {.upgrade = Upgrade::requested}};

Framing written_framing(Framing received) {
  return received == Framing::close ? Framing::chunked : received;
}

void check_written_again(ResponseHead& head, ResponseExpectation expectation) {
  remove_hop_fields(head.fields);
  base::Buffer out;
  write_response_head(out, head, {.framing = written_framing(head.framing)});
  const std::string text = fuzz::text_of(out);
  std::size_t looked_at = 0;
  const HeadScan scan = scan_head(text, looked_at);
  MUST(scan.found == HeadScan::Found::complete);
  MUST(scan.length == text.size());
  ResponseHead again;
  const base::Error error =
      parse_response(text, {.header_bytes = 1 << 20, .headers = 1 << 20}, expectation, again);
  MUST(!error);
  MUST(again.status == head.status);
  MUST(trim(again.reason) == trim(head.reason.empty() ? reason_of(head.status) : head.reason));
  MUST(again.framing == written_framing(head.framing));
  MUST(again.has_length == head.has_length);
  MUST(!head.has_length || again.content_length == head.content_length);
  MUST(again.upgrade == head.upgrade);
  MUST(again.upgrade_protocol == head.upgrade_protocol);
  remove_hop_fields(again.fields);
  fuzz::check_same(again.fields, head.fields);
}

void check_response(std::string_view text, std::string_view rest, ResponseExpectation expectation,
                    fuzz::Pieces& pieces) {
  ResponseHead head;
  if (parse_response(text, {}, expectation, head)) return;
  fuzz::check_fields(head.fields);
  MUST(head.status >= 100 && head.status <= 599);
  MUST(head.reason.find_first_of("\r\n") == std::string_view::npos);
  const Framing framing = head.framing;
  const base::ByteCount length = head.content_length;
  check_written_again(head, expectation);
  if (framing != Framing::none) fuzz::check_body(framing, length, rest, pieces);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzz::Pieces pieces(input);
  const HeadScan scan = fuzz::scan(input, pieces);
  if (scan.found != HeadScan::Found::complete) return 0;
  for (const ResponseExpectation expectation : kExpectations) {
    check_response(input.substr(0, scan.length), input.substr(scan.length), expectation, pieces);
  }
  return 0;
}
