#include "tests/fuzz/message_rules.h"

#include <algorithm>
#include <vector>

#include "proxy/http/h1_writer.h"
#include "tests/fuzz/must.h"

namespace poise::fuzz {
namespace {

using http::Framing;
using http::H1Body;
using Found = http::HeadScan::Found;
using Kind = H1Body::Step::Kind;

// Written apart from what is tested: a table of what the RFC allows, nothing else.
bool is_name_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool is_value_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

struct ReadBody {
  Kind kind = Kind::need_more;
  std::size_t used = 0;
  std::string data;
};

// `cut` tells how much of what is left is offered next.
template <class Cut>
ReadBody read_body(H1Body& body, std::string_view text, Cut cut) {
  ReadBody read;
  std::size_t offered = cut(text.size());
  for (;;) {
    const H1Body::Step step = body.next(text.substr(read.used, offered - read.used));
    MUST(read.used + step.used <= offered);
    MUST(step.kind != Kind::data || !step.data.empty());
    read.kind = step.kind;
    read.used += step.used;
    read.data += step.data;
    if (step.kind == Kind::end || step.kind == Kind::broken) return read;
    if (step.kind == Kind::data) continue;
    MUST(read.used == offered);
    if (offered == text.size()) return read;
    offered += cut(text.size() - offered);
  }
}

ReadBody read_whole(H1Body& body, std::string_view text) {
  return read_body(body, text, [](std::size_t left) { return left; });
}

// The same text cut by `cut` comes to the same as `whole`, which was read by `body`.
template <class Cut>
void check_cut(Framing framing, base::ByteCount length, std::string_view text, const H1Body& body,
               const ReadBody& whole, Cut cut) {
  H1Body piecewise;
  piecewise.begin(framing, length);
  const ReadBody read = read_body(piecewise, text, cut);
  MUST(read.kind == whole.kind);
  MUST(read.data == whole.data);
  if (whole.kind != Kind::end) return;
  MUST(read.used == whole.used);
  check_same(body.trailers(), piecewise.trailers());
}

std::string as_chunks(std::string_view data, const http::Fields& trailers, Pieces& pieces) {
  base::Buffer out;
  while (!data.empty()) {
    const std::size_t piece = pieces.next(data.size());
    http::write_chunk_line(out, piece);
    out.append(data.substr(0, piece));
    out.append(http::kChunkEnd);
    data.remove_prefix(piece);
  }
  http::write_last_chunk(out, trailers);
  return text_of(out);
}

}  // namespace

http::HeadScan scan(std::string_view text, Pieces& pieces) {
  std::size_t looked_at = 0;
  const http::HeadScan whole = http::scan_head(text, looked_at);
  MUST(looked_at <= text.size());
  looked_at = 0;
  http::HeadScan found;
  for (std::size_t offered = 0; offered < text.size() && found.found == Found::incomplete;) {
    offered += pieces.next(text.size() - offered);
    found = http::scan_head(text.substr(0, offered), looked_at);
  }
  MUST(found.found == whole.found);
  MUST(found.length == whole.length);
  return whole;
}

void check_fields(const http::Fields& fields) {
  for (const http::Field& field : fields.all()) {
    MUST(!field.name.empty());
    for (const char c : field.name) MUST(is_name_character(c));
    for (const char c : field.value) MUST(is_value_character(c));
    MUST(field.id == http::field_id_of(field.name));
    if (field.value.empty()) continue;
    MUST(field.value.front() != ' ' && field.value.front() != '\t');
    MUST(field.value.back() != ' ' && field.value.back() != '\t');
  }
}

void check_same(const http::Fields& a, const http::Fields& b) {
  MUST(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    MUST(a.all()[i].name == b.all()[i].name);
    MUST(a.all()[i].value == b.all()[i].value);
  }
}

std::string text_of(const base::Buffer& buffer) {
  std::vector<iovec> slices(buffer.size() / 4096 + 16);
  const std::size_t count = buffer.slices(slices);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text.append(static_cast<const char*>(slices[i].iov_base), slices[i].iov_len);
  }
  MUST(text.size() == buffer.size());
  return text;
}

void check_body(Framing framing, base::ByteCount length, std::string_view text, Pieces& pieces) {
  H1Body body;
  body.begin(framing, length);
  const ReadBody whole = read_whole(body, text);
  check_cut(framing, length, text, body, whole,
            [&](std::size_t left) { return pieces.next(left); });
  check_cut(framing, length, text, body, whole,
            [](std::size_t left) { return std::min<std::size_t>(left, 1); });
  if (whole.kind != Kind::end) return;
  MUST(framing != Framing::length || whole.data.size() == length);
  check_fields(body.trailers());
  const std::string chunks = as_chunks(whole.data, body.trailers(), pieces);
  H1Body again;
  again.begin(Framing::chunked, 0);
  const ReadBody reread = read_whole(again, chunks);
  MUST(reread.kind == Kind::end);
  MUST(reread.used == chunks.size());
  MUST(reread.data == whole.data);
  check_same(again.trailers(), body.trailers());
}

}  // namespace poise::fuzz
