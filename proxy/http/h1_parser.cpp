#include "proxy/http/h1_parser.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "proxy/base/line_end.h"
#include "proxy/http/h1_syntax.h"
#include "proxy/http/path_normal.h"
#include "proxy/http/validate.h"

namespace poise::http {
namespace {

using base::Cause;
using base::Error;
using base::Phase;
using base::Side;

Error client_error(Cause cause, const char* detail, int status = 0) {
  return {.cause = cause,
          .phase = Phase::request,
          .side = Side::client,
          .status = static_cast<std::uint16_t>(status),
          .detail = detail};
}

Error malformed(const char* detail, int status = 0) {
  return client_error(Cause::request_malformed, detail, status);
}

Error smuggling(const char* detail) { return client_error(Cause::request_smuggling, detail); }

Error bad_response(const char* detail) {
  return {.cause = Cause::response_malformed,
          .phase = Phase::wait,
          .side = Side::backend,
          .sent = base::Sent::something,
          .detail = detail};
}

// Of the values scan_head knows already that they hold no control character.
bool names_are_valid(const Fields& fields) {
  for (const Field& field : fields.all()) {
    // A name that was recognised is a token.
    if (field.id == FieldId::other && !is_token(field.name)) return false;
  }
  return true;
}

// A comparison of so few bytes must not cost a call.
template <std::size_t Size>
bool has_at(base::Bytes text, std::size_t at, const char (&literal)[Size]) {
  return std::memcmp(text.data() + at, literal, Size - 1) == 0;
}

// The fields that decide framing and connection, met once each at most where RFC 9112 says so.
struct Control {
  const Field* content_length = nullptr;
  const Field* transfer_encoding = nullptr;
  const Field* host = nullptr;
  const Field* expect = nullptr;
  const Field* upgrade = nullptr;
  const Field* keep_alive = nullptr;
  bool repeated_length = false;
  bool repeated_encoding = false;
  bool repeated_host = false;
  bool says_close = false;
  bool says_keep_alive = false;
  bool says_upgrade = false;
};

void note(const Field*& place, const Field& field, bool& repeated) {
  repeated = repeated || place != nullptr;
  place = &field;
}

void read_connection(std::string_view value, Control& control) {
  for_each_element(value, [&](std::string_view option) {
    if (equal_ignoring_case(option, "close")) control.says_close = true;
    if (equal_ignoring_case(option, "keep-alive")) control.says_keep_alive = true;
    if (equal_ignoring_case(option, "upgrade")) control.says_upgrade = true;
  });
}

Control control_of(const Fields& fields) {
  Control control;
  bool ignored = false;
  for (const Field& field : fields.all()) {
    switch (field.id) {
      case FieldId::content_length:
        note(control.content_length, field, control.repeated_length);
        break;
      case FieldId::transfer_encoding:
        note(control.transfer_encoding, field, control.repeated_encoding);
        break;
      case FieldId::host:
        note(control.host, field, control.repeated_host);
        break;
      case FieldId::expect:
        note(control.expect, field, ignored);
        break;
      case FieldId::upgrade:
        note(control.upgrade, field, ignored);
        break;
      case FieldId::keep_alive:
        note(control.keep_alive, field, ignored);
        break;
      case FieldId::connection:
        read_connection(field.value, control);
        break;
      default:
        break;
    }
  }
  return control;
}

Error decide_request_framing(const Control& control, RequestHead& head) {
  if (control.transfer_encoding != nullptr) {
    if (control.content_length != nullptr) {
      return smuggling("Content-Length beside Transfer-Encoding");
    }
    if (head.version == Version::http_1_0) return smuggling("Transfer-Encoding in HTTP/1.0");
    if (control.repeated_encoding) return smuggling("repeated Transfer-Encoding");
    if (!equal_ignoring_case(control.transfer_encoding->value, "chunked")) {
      return smuggling("Transfer-Encoding other than chunked");
    }
    head.framing = Framing::chunked;
    return {};
  }
  if (control.content_length == nullptr) return {};
  if (control.repeated_length) return smuggling("repeated Content-Length");
  const auto length = parse_length(control.content_length->value);
  if (!length) return smuggling("invalid Content-Length");
  head.content_length = *length;
  head.framing = Framing::length;
  return {};
}

// Splits "http://host/path?query" (RFC 9112 section 3.2.2) into authority and the rest.
bool take_absolute_form(std::string_view& target, std::string_view& authority) {
  for (const std::string_view scheme :
       {std::string_view("http://"), std::string_view("https://")}) {
    if (!equal_ignoring_case(target.substr(0, scheme.size()), scheme)) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    authority = target.substr(0, end);
    target.remove_prefix(end);
    return true;
  }
  return false;
}

Error read_path_and_query(std::string_view target, RequestHead& head) {
  const std::size_t question = target.find('?');
  head.has_query = question != std::string_view::npos;
  if (head.has_query) head.query = target.substr(question + 1);
  const std::string_view written = target.substr(0, question);
  const auto path = without_dot_segments(written.empty() ? "/" : written, head.arena);
  if (!path) return malformed("path climbs above its root");
  head.path = *path;
  return {};
}

Error read_target(std::string_view target, RequestHead& head, std::string_view& authority) {
  if (!is_target(target)) return malformed("invalid request target");
  if (target == "*") {
    if (head.method != Method::options) return malformed("'*' is only for OPTIONS");
    head.path = target;
    return {};
  }
  if (head.method == Method::connect) return malformed("CONNECT is not supported", 405);
  if (target.front() != '/' && !take_absolute_form(target, authority)) {
    return malformed("invalid request target");
  }
  return read_path_and_query(target, head);
}

Error read_host(const Control& control, std::string_view from_target, RequestHead& head) {
  if (control.repeated_host) return malformed("repeated Host");
  if (control.host == nullptr && head.version == Version::http_1_1) return malformed("no Host");
  if (control.host != nullptr) {
    const auto host = parse_authority(control.host->value, head.arena);
    if (!host) return malformed("invalid Host");
    head.authority = *host;
  }
  if (from_target.data() == nullptr) return {};
  const auto authority = parse_authority(from_target, head.arena);
  if (!authority) return malformed("invalid host in the request target");
  if (control.host != nullptr && head.authority != *authority) {
    return malformed("Host differs from the request target");
  }
  head.authority = *authority;
  return {};
}

// A tunnel may not start behind a body, and h2c would tunnel past every check of ours.
void read_upgrade(const Control& control, RequestHead& head) {
  if (control.upgrade == nullptr || !control.says_upgrade) return;
  if (head.framing != Framing::none || head.version != Version::http_1_1) return;
  const std::string_view protocol = control.upgrade->value;
  bool is_fit = !protocol.empty();
  for_each_element(protocol, [&](std::string_view each) {  // the backend may choose any of them
    for (const std::string_view unfit : {"h2c", "http", "tls"}) {
      if (equal_ignoring_case(each.substr(0, unfit.size()), unfit)) is_fit = false;
    }
  });
  if (!is_fit) return;
  head.upgrade = Upgrade::requested;
  head.upgrade_protocol = protocol;
}

Error read_expect(const Control& control, RequestHead& head) {
  if (control.expect == nullptr) return {};
  if (!equal_ignoring_case(control.expect->value, "100-continue")) {
    return malformed("unknown expectation", 417);
  }
  head.expects_continue = head.framing != Framing::none && head.version == Version::http_1_1;
  return {};
}

bool closes_after(const Control& control, Version version) {
  if (control.says_close) return true;
  return version == Version::http_1_0 && !control.says_keep_alive;
}

// Exactly "METHOD SP target SP HTTP/d.d": llhttp is more generous with spaces.
bool start_line_is_exact(base::Bytes text, const HeadSyntax& syntax) {
  const std::size_t end = text.find('\r');
  return end == syntax.method.size() + 1 + syntax.target.size() + 1 + 8 &&
         text.data() + syntax.method.size() + 1 == syntax.target.data() &&
         has_at(text, end - 9, " HTTP/");
}

Error syntax_error(const HeadSyntax& syntax) {
  switch (syntax.fault) {
    case HeadSyntax::Fault::framing:
      return smuggling(syntax.detail);
    case HeadSyntax::Fault::method:
      return malformed("unknown method", is_token(syntax.method) ? 501 : 400);
    case HeadSyntax::Fault::none:
    case HeadSyntax::Fault::syntax:
    case HeadSyntax::Fault::version:
      break;
  }
  return malformed(syntax.detail);
}

Error read_version(const HeadSyntax& syntax, Version& version) {
  if (syntax.major != 1 || syntax.minor > 1) return malformed("unsupported HTTP version", 505);
  version = syntax.minor == 0 ? Version::http_1_0 : Version::http_1_1;
  return {};
}

base::Duration keep_alive_timeout(const Control& control) {
  if (control.keep_alive == nullptr) return {};
  std::int64_t seconds = 0;
  for_each_element(control.keep_alive->value, [&](std::string_view parameter) {
    constexpr std::string_view kName = "timeout=";
    if (!equal_ignoring_case(parameter.substr(0, kName.size()), kName)) return;
    parameter.remove_prefix(kName.size());
    (void)std::from_chars(parameter.data(), parameter.data() + parameter.size(), seconds);
  });
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 86400));
}

bool never_has_body(int status) { return status < 200 || status == 204 || status == 304; }

Error decide_response_framing(const Control& control, ResponseExpectation expectation,
                              ResponseHead& head) {
  if (control.repeated_length) return bad_response("repeated Content-Length");
  if (control.repeated_encoding) return bad_response("repeated Transfer-Encoding");
  if (control.content_length != nullptr) {
    if (control.transfer_encoding != nullptr) {
      return bad_response("Content-Length beside Transfer-Encoding");
    }
    const auto length = parse_length(control.content_length->value);
    if (!length) return bad_response("invalid Content-Length");
    head.content_length = *length;
    head.has_length = true;
  }
  const bool chunked = control.transfer_encoding != nullptr;
  if (chunked) {
    if (head.version == Version::http_1_0) return bad_response("Transfer-Encoding in HTTP/1.0");
    if (!equal_ignoring_case(control.transfer_encoding->value, "chunked")) {
      return bad_response("Transfer-Encoding other than chunked");
    }
  }
  if (head.status < 200 || head.status == 204) {
    // RFC 9112 section 6.1 forbids both; a zero length is common and harmless.
    if (chunked || head.content_length != 0) return bad_response("a body where none may be");
    head.has_length = false;
  }
  if (expectation.method == Method::head || never_has_body(head.status)) return {};
  head.framing = chunked ? Framing::chunked : head.has_length ? Framing::length : Framing::close;
  return {};
}

// "HTTP/1.x ddd reason" or "HTTP/1.x ddd".
bool status_line_is_exact(base::Bytes text) {
  if (text.size() < 14 || !has_at(text, 0, "HTTP/1.") || text[8] != ' ') return false;
  for (std::size_t i = 9; i < 12; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
  }
  return text[12] == ' ' || text[12] == '\r';
}

// A folded line (RFC 9112 section 5.2) or a field without a name: llhttp 8 lets both pass.
bool begins_badly(char first) { return first == ' ' || first == '\t' || first == ':'; }

}  // namespace

HeadScan scan_head(base::Bytes bytes, std::size_t& looked_at) {
  const char* const begin = bytes.data();
  const char* const end = begin + bytes.size();
  for (;;) {
    const char* const line = begin + looked_at;
    if (line != end && begins_badly(*line)) return {HeadScan::Found::broken, 0};
    const char* const line_end = base::find_control(begin, line, end);
    if (line_end == end) return {};
    // Only CRLF ends a line, no CR stands elsewhere (RFC 9112 section 2.2), nor any other control
    // character but TAB (RFC 9110 section 5.5).
    if (*line_end != '\r') return {HeadScan::Found::broken, 0};
    if (line_end + 1 == end) return {};
    if (line_end[1] != '\n') return {HeadScan::Found::broken, 0};
    looked_at = static_cast<std::size_t>(line_end + 2 - begin);
    if (line_end == line) return {HeadScan::Found::complete, looked_at};
  }
}

base::Error parse_request(base::Bytes text, const LimitsConfig& limits, RequestHead& head) {
  const HeadSyntax syntax = read_head_syntax(HeadKind::request, text, head.arena, head.fields);
  if (syntax.target.size() > limits.uri_bytes && limits.uri_bytes != 0) {
    return client_error(Cause::request_too_large, "request target too long", 414);
  }
  if (limits.headers != 0 && head.fields.size() > limits.headers) {
    return client_error(Cause::request_too_large, "too many header fields", 431);
  }
  if (syntax.fault != HeadSyntax::Fault::none) return syntax_error(syntax);
  if (!start_line_is_exact(text, syntax)) return malformed("malformed request line");
  if (const Error error = read_version(syntax, head.version)) return error;
  if (!names_are_valid(head.fields)) return malformed("invalid header field");
  head.method_text = syntax.method;
  head.method = method_of(syntax.method);
  std::string_view authority;
  if (const Error error = read_target(syntax.target, head, authority)) return error;
  const Control control = control_of(head.fields);
  if (const Error error = read_host(control, authority, head)) return error;
  if (const Error error = decide_request_framing(control, head)) return error;
  if (limits.body_bytes != 0 && head.content_length > limits.body_bytes) {
    return client_error(Cause::request_too_large, "body over the limit", 413);
  }
  read_upgrade(control, head);
  head.closes = closes_after(control, head.version);
  return read_expect(control, head);
}

base::Error parse_response(base::Bytes text, const ResponseLimits& limits,
                           ResponseExpectation expectation, ResponseHead& head) {
  if (!status_line_is_exact(text)) return bad_response("malformed status line");
  const HeadSyntax syntax = read_head_syntax(HeadKind::response, text, head.arena, head.fields);
  if (syntax.fault != HeadSyntax::Fault::none) return bad_response(syntax.detail);
  if (syntax.major != 1 || syntax.minor > 1) return bad_response("unsupported HTTP version");
  if (head.fields.size() > limits.headers) {
    return {.cause = Cause::response_too_large,
            .phase = Phase::wait,
            .side = Side::backend,
            .sent = base::Sent::something,
            .detail = "too many header fields"};
  }
  if (!names_are_valid(head.fields)) return bad_response("invalid header field");
  head.version = syntax.minor == 0 ? Version::http_1_0 : Version::http_1_1;
  head.status = syntax.status;
  head.reason = syntax.reason;
  if (head.status < 100 || head.status > 599) return bad_response("status out of range");
  const Control control = control_of(head.fields);
  if (const Error error = decide_response_framing(control, expectation, head)) return error;
  if (head.status == 101) {
    if (expectation.upgrade == Upgrade::none) return bad_response("101 without an upgrade");
    if (control.upgrade == nullptr) return bad_response("101 without Upgrade");
    head.upgrade = Upgrade::requested;
    head.upgrade_protocol = control.upgrade->value;
  }
  head.closes = closes_after(control, head.version);
  head.keep_alive_timeout = keep_alive_timeout(control);
  return {};
}

}  // namespace poise::http
