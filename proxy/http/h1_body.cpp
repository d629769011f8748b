#include "proxy/http/h1_body.h"

#include <algorithm>

#include "proxy/http/h1_parser.h"
#include "proxy/http/validate.h"

namespace poise::http {
namespace {

using Kind = H1Body::Step::Kind;

constexpr std::uint8_t kMaxSizeDigits = 15;
constexpr std::uint16_t kMaxExtensionBytes = 256;  // a chunk; a sender of more means no good
constexpr std::size_t kMaxTrailerBytes = 8 * 1024;
constexpr std::size_t kMaxTrailers = 64;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

H1Body::Step broken(const char* detail) {
  return {.kind = Kind::broken, .used = 0, .data = {}, .detail = detail};
}

const Fields& no_fields() {
  static const Fields none;
  return none;
}

bool may_trail(FieldId id) {
  switch (id) {
    case FieldId::connection:
    case FieldId::content_length:
    case FieldId::content_type:
    case FieldId::cookie:
    case FieldId::expect:
    case FieldId::forwarded:
    case FieldId::host:
    case FieldId::keep_alive:
    case FieldId::location:
    case FieldId::proxy_authenticate:
    case FieldId::proxy_authorization:
    case FieldId::proxy_connection:
    case FieldId::te:
    case FieldId::trailer:
    case FieldId::transfer_encoding:
    case FieldId::upgrade:
    case FieldId::x_forwarded_for:
    case FieldId::x_forwarded_host:
    case FieldId::x_forwarded_proto:
      return false;
    default:
      return true;
  }
}

}  // namespace

void H1Body::begin(Framing framing, base::ByteCount length) {
  trailers_.reset();
  left_ = length;
  digits_ = 0;
  switch (framing) {
    case Framing::none:
      state_ = State::done;
      break;
    case Framing::length:
      state_ = State::counted;
      break;
    case Framing::chunked:
      state_ = State::chunk_size;
      left_ = 0;
      break;
    case Framing::close:
      state_ = State::until_close;
      break;
  }
}

const Fields& H1Body::trailers() const { return trailers_ ? trailers_->fields : no_fields(); }

H1Body::Step H1Body::next(base::Bytes input) {
  switch (state_) {
    case State::done:
      return {.kind = Kind::end};
    case State::counted:
      if (left_ == 0) {
        state_ = State::done;
        return {.kind = Kind::end};
      }
      return counted(input);
    case State::until_close:
      if (input.empty()) return {};
      return {.kind = Kind::data, .used = input.size(), .data = input};
    case State::chunk_data: {
      const Step step = counted(input);
      if (left_ == 0) state_ = State::chunk_data_cr;
      return step;
    }
    case State::trailers:
      return trailer_section(input);
    default:
      return chunk_line(input);
  }
}

H1Body::Step H1Body::at_end_of_input() const {
  if (state_ == State::until_close) return {.kind = Kind::end};
  return broken("closed within the body");
}

H1Body::Step H1Body::counted(base::Bytes input) {
  if (input.empty()) return {};
  const std::size_t part = static_cast<std::size_t>(std::min<base::ByteCount>(left_, input.size()));
  left_ -= part;
  return {.kind = Kind::data, .used = part, .data = input.substr(0, part)};
}

// Reads up to the next chunk's data, the trailers, or the end of the input.
H1Body::Step H1Body::chunk_line(base::Bytes input) {
  std::size_t used = 0;
  while (used < input.size() && state_ != State::chunk_data && state_ != State::trailers) {
    Step step = take_line_byte(input[used++]);
    if (step.kind == Kind::broken) return step;
  }
  Step step;
  if (state_ == State::chunk_data || state_ == State::trailers) step = next(input.substr(used));
  step.used += used;
  return step;
}

H1Body::Step H1Body::take_line_byte(char c) {
  switch (state_) {
    case State::chunk_size: {
      const int digit = hex_digit(c);
      if (digit >= 0) {
        if (++digits_ > kMaxSizeDigits) return broken("chunk size too large");
        left_ = left_ * 16 + static_cast<base::ByteCount>(digit);
        return {};
      }
      if (digits_ == 0 || (c != '\r' && c != ';')) return broken("invalid chunk size");
      extension_bytes_ = 0;
      state_ = c == ';' ? State::chunk_extension : State::chunk_size_lf;
      return {};
    }
    case State::chunk_extension:
      if (c == '\r') {
        state_ = State::chunk_size_lf;
        return {};
      }
      if (++extension_bytes_ > kMaxExtensionBytes) return broken("chunk extension too long");
      if ((c < 0x20 && c != '\t') || c == 0x7f) return broken("invalid chunk extension");
      return {};
    case State::chunk_size_lf:
      if (c != '\n') return broken("chunk size line ends without CRLF");
      digits_ = 0;
      state_ = left_ == 0 ? State::trailers : State::chunk_data;
      return {};
    case State::chunk_data_cr:
      if (c != '\r') return broken("chunk data longer than its size");
      state_ = State::chunk_data_lf;
      return {};
    default:
      if (c != '\n') return broken("chunk ends without CRLF");
      state_ = State::chunk_size;
      return {};
  }
}

// A trailer section ends like a head does; with no trailers it is the empty line alone.
H1Body::Step H1Body::trailer_section(base::Bytes input) {
  if (trailers_ == nullptr && input.substr(0, 2) == "\r\n") {
    state_ = State::done;
    return {.kind = Kind::end, .used = 2};
  }
  if (input.empty()) return {};
  if (trailers_ == nullptr) trailers_ = std::make_unique<Trailers>();
  std::string& text = trailers_->text;
  for (std::size_t used = 0; used < input.size();) {
    text.push_back(input[used++]);
    if (text.size() > kMaxTrailerBytes) return broken("trailers too large");
    if (text.back() != '\n') continue;
    if (text != "\r\n" && !text.ends_with("\r\n\r\n")) continue;
    if (!parse_trailers()) return broken("invalid trailers");
    state_ = State::done;
    return {.kind = Kind::end, .used = used};
  }
  return {.kind = Kind::need_more, .used = input.size()};
}

bool H1Body::parse_trailers() {
  std::string_view rest = trailers_->text;
  std::size_t count = 0;
  for (;;) {
    const std::size_t end = rest.find('\n');
    if (end == 0 || rest[end - 1] != '\r') return false;
    const std::string_view line = rest.substr(0, end - 1);
    rest.remove_prefix(end + 1);
    if (line.empty()) return true;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || ++count > kMaxTrailers) return false;
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (!is_token(name) || !is_field_value(value)) return false;
    const FieldId id = field_id_of(name);
    if (may_trail(id)) trailers_->fields.add(trailers_->arena, {name, value, id});
  }
}

}  // namespace poise::http
