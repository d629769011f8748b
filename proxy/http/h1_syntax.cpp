#include "proxy/http/h1_syntax.h"

#include <llhttp.h>

#include "proxy/http/validate.h"

namespace poise::http {
namespace {

// llhttp hands spans out in order and, since the head is in one piece, each in one piece.
struct Reading {
  llhttp_t parser;
  base::Arena* arena;
  Fields* fields;
  HeadSyntax head;
  std::string_view name;
  std::string_view value;
};

Reading& reading_of(llhttp_t* parser) { return *static_cast<Reading*>(parser->data); }

int on_target(llhttp_t* parser, const char* at, std::size_t length) {
  reading_of(parser).head.target = {at, length};
  return 0;
}

int on_reason(llhttp_t* parser, const char* at, std::size_t length) {
  reading_of(parser).head.reason = {at, length};
  return 0;
}

int on_name(llhttp_t* parser, const char* at, std::size_t length) {
  reading_of(parser).name = {at, length};
  return 0;
}

// Called once a line of a folded value: the pieces do not touch, which shows the fold.
int on_value(llhttp_t* parser, const char* at, std::size_t length) {
  Reading& reading = reading_of(parser);
  if (!reading.value.empty()) return HPE_INVALID_HEADER_TOKEN;
  reading.value = {at, length};
  return 0;
}

int on_value_complete(llhttp_t* parser) {
  Reading& reading = reading_of(parser);
  reading.fields->add(*reading.arena, reading.name, trim(reading.value));
  reading.name = {};
  reading.value = {};
  return 0;
}

int on_headers_complete(llhttp_t*) { return HPE_PAUSED; }

const llhttp_settings_t& settings() {
  static const llhttp_settings_t made = [] {
    llhttp_settings_t s;
    llhttp_settings_init(&s);
    s.on_url = on_target;
    s.on_status = on_reason;
    s.on_header_field = on_name;
    s.on_header_value = on_value;
    s.on_header_value_complete = on_value_complete;
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
  Reading reading{};
  llhttp_init(&reading.parser, kind == HeadKind::request ? HTTP_REQUEST : HTTP_RESPONSE,
              &settings());
  reading.parser.data = &reading;
  reading.arena = &arena;
  reading.fields = &fields;
  const llhttp_errno_t outcome = llhttp_execute(&reading.parser, text.data(), text.size());
  HeadSyntax& head = reading.head;
  head.fault = outcome == HPE_OK ? HeadSyntax::Fault::syntax : fault_of(outcome);
  head.detail = detail_of(head.fault);
  head.major = reading.parser.http_major;
  head.minor = reading.parser.http_minor;
  head.status = reading.parser.status_code;
  head.method = text.substr(0, text.find(' '));
  return head;
}

}  // namespace poise::http
