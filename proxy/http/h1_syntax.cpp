#include "proxy/http/h1_syntax.h"

#include <llhttp.h>

#include <utility>

#include "proxy/http/validate.h"

namespace poise::http {
namespace {

// llhttp hands spans out in order and, since the head is in one piece, each in one piece.
struct Reading {
  Reading(base::Arena& text_arena, Fields& into) : arena(text_arena), fields(into) {}

  llhttp_t parser;  // llhttp_init sets all of it
  base::Arena& arena;
  Fields& fields;
  HeadSyntax head;
  std::string_view name;  // whose value is to come
};

Reading& reading_of(llhttp_t* parser) { return *static_cast<Reading*>(parser->data); }

void add_field(Reading& reading, std::string_view value) {
  const std::string_view name = std::exchange(reading.name, {});
  reading.fields.add(reading.arena, {name, value, field_id_of(name)});
}

// Whether llhttp tells of a value without a byte is its own affair: no field may be lost.
void add_valueless(Reading& reading) {
  if (!reading.name.empty()) add_field(reading, {});
}

int on_target(llhttp_t* parser, const char* at, std::size_t length) {
  reading_of(parser).head.target = {at, length};
  return 0;
}

int on_reason(llhttp_t* parser, const char* at, std::size_t length) {
  reading_of(parser).head.reason = {at, length};
  return 0;
}

int on_name(llhttp_t* parser, const char* at, std::size_t length) {
  Reading& reading = reading_of(parser);
  add_valueless(reading);
  reading.name = {at, length};
  return 0;
}

// Called once a line of a folded value: the second time there is no name any more.
int on_value(llhttp_t* parser, const char* at, std::size_t length) {
  Reading& reading = reading_of(parser);
  if (reading.name.empty()) return HPE_INVALID_HEADER_TOKEN;
  add_field(reading, trim({at, length}));
  return 0;
}

int on_headers_complete(llhttp_t* parser) {
  add_valueless(reading_of(parser));
  return HPE_PAUSED;
}

const llhttp_settings_t& settings() {
  static const llhttp_settings_t made = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_url = on_target;
    s.on_status = on_reason;
    s.on_header_field = on_name;
    s.on_header_value = on_value;
    s.on_headers_complete = on_headers_complete;
    return s;
  }();
  return made;
}

HeadSyntax::Fault fault_of(llhttp_errno_t error) {
  switch (error) {
    case HPE_PAUSED:
    case HPE_PAUSED_UPGRADE:
      return HeadSyntax::Fault::none;
    case HPE_INVALID_CONTENT_LENGTH:
    case HPE_UNEXPECTED_CONTENT_LENGTH:
    case HPE_INVALID_TRANSFER_ENCODING:
      return HeadSyntax::Fault::framing;
    case HPE_INVALID_METHOD:
      return HeadSyntax::Fault::method;
    case HPE_INVALID_VERSION:
      return HeadSyntax::Fault::version;
    default:
      return HeadSyntax::Fault::syntax;
  }
}

const char* detail_of(HeadSyntax::Fault fault) {
  switch (fault) {
    case HeadSyntax::Fault::none:
      return "";
    case HeadSyntax::Fault::framing:
      return "invalid Content-Length or Transfer-Encoding";
    case HeadSyntax::Fault::method:
      return "unknown method";
    case HeadSyntax::Fault::version:
      return "malformed HTTP version";
    case HeadSyntax::Fault::syntax:
      break;
  }
  return "malformed start line or header field";
}

}  // namespace

#define POISE_TEXT_OF(x) #x
#define POISE_TEXT(x) POISE_TEXT_OF(x)
const char* parser_library_version() {
  return POISE_TEXT(LLHTTP_VERSION_MAJOR) "." POISE_TEXT(LLHTTP_VERSION_MINOR) "." POISE_TEXT(
      LLHTTP_VERSION_PATCH);
}

HeadSyntax read_head_syntax(HeadKind kind, base::Bytes text, base::Arena& arena, Fields& fields) {
  Reading reading(arena, fields);
  llhttp_init(&reading.parser, kind == HeadKind::request ? HTTP_REQUEST : HTTP_RESPONSE,
              &settings());
  reading.parser.data = &reading;
  const llhttp_errno_t outcome = llhttp_execute(&reading.parser, text.data(), text.size());
  HeadSyntax& head = reading.head;
  head.fault = outcome == HPE_OK ? HeadSyntax::Fault::syntax : fault_of(outcome);
  head.detail = detail_of(head.fault);
  head.major = reading.parser.http_major;
  head.minor = reading.parser.http_minor;
  head.status = reading.parser.status_code;
  if (kind == HeadKind::request) head.method = text.substr(0, text.find(' '));
  return head;
}

}  // namespace poise::http
