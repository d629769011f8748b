#include "proxy/tracing/otlp_json.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "proxy/base/json_text.h"

namespace poise::tracing {
namespace {

using base::MonotonicTime;
using flight::FlightRecord;
using flight::TryRecord;

constexpr int kServerKind = 2;
constexpr int kClientKind = 3;

bool is_known_method(std::string_view method) {
  constexpr std::array<std::string_view, 9> kKnown{"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                   "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  return std::find(kKnown.begin(), kKnown.end(), method) != kKnown.end();
}

// "10.0.0.1:80" and "[::1]:80" part at their last colon; another name has no port.
struct HostPort {
  std::string_view host;
  std::uint32_t port = 0;
};
HostPort part(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  HostPort parted{text};
  if (colon == text.npos) return parted;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + colon + 1, end, parted.port);
  if (error != std::errc() || at != end) return {text};
  parted.host = text.substr(0, colon);
  if (parted.host.starts_with('[') && parted.host.ends_with(']')) {
    parted.host = parted.host.substr(1, parted.host.size() - 2);
  }
  return parted;
}

// Writes one span; its parts must be called in their order.
class Span {
 public:
  Span(std::string& out, const TracedRequest& request) : out_(out), request_(request) {
    out_ += R"({"traceId":")";
    out_ += TraceIdText(request.trace.id()).text();
    out_ += '"';
  }

  void ids(SpanId id, SpanId parent) {
    hex(R"(,"spanId":")", id);
    if (parent != 0) hex(R"(,"parentSpanId":")", parent);
  }
  void name(std::string_view text, int kind) {
    out_ += R"(,"name":")";
    base::append_json_escaped(out_, text);
    out_ += R"(","kind":)";
    out_ += std::to_string(kind);
  }
  void times(MonotonicTime start, MonotonicTime end) {
    time(R"(,"startTimeUnixNano":")", start);
    time(R"(,"endTimeUnixNano":")", end);
    out_ += R"(,"attributes":[)";
  }
  void text(std::string_view key, std::string_view value) {
    if (value.empty()) return;
    begin_attribute(key);
    out_ += R"("stringValue":")";
    base::append_json_escaped(out_, value);
    out_ += "\"}}";
  }
  void number(std::string_view key, std::uint64_t value) {
    if (value == 0) return;
    begin_attribute(key);
    out_ += R"("intValue":")";
    out_ += std::to_string(value);
    out_ += "\"}}";
  }
  // What is no error is left unset, as the conventions want it.
  void end(bool is_error, std::string_view message) {
    out_ += ']';
    if (is_error) {
      out_ += R"(,"status":{"code":2,"message":")";
      base::append_json_escaped(out_, message);
      out_ += "\"}";
    }
    out_ += '}';
  }

 private:
  void hex(std::string_view key, std::uint64_t number) {
    char digits[16];
    write_hex(digits, number);
    out_ += key;
    out_.append(digits, sizeof digits);
    out_ += '"';
  }
  void time(std::string_view key, MonotonicTime moment) {
    const base::Duration at =
        base::Duration(request_.record.at.time_since_epoch()) - (request_.record.ended - moment);
    out_ += key;
    out_ += std::to_string(at.count());
    out_ += '"';
  }
  void begin_attribute(std::string_view key) {
    if (has_attributes_) out_ += ',';
    has_attributes_ = true;
    out_ += R"({"key":")";
    out_ += key;
    out_ += R"(","value":{)";
  }

  std::string& out_;
  const TracedRequest& request_;
  bool has_attributes_ = false;
};

std::string_view span_method(const FlightRecord& record) {
  return is_known_method(record.method) ? std::string_view(record.method) : "HTTP";
}

void add_method(Span& span, const FlightRecord& record) {
  if (is_known_method(record.method)) return span.text("http.request.method", record.method);
  span.text("http.request.method", "_OTHER");
  span.text("http.request.method_original", record.method);
}

void add_server(Span& span, std::string_view authority) {
  const HostPort server = part(authority);
  span.text("server.address", server.host);
  span.number("server.port", server.port);
}

void add_error(Span& span, const base::Error& error, int status, int least_bad) {
  if (error) {
    span.text("error.type", base::to_text(error.cause));
  } else if (status >= least_bad) {
    span.text("error.type", std::to_string(status));
  }
}

void append_request(std::string& out, const TracedRequest& request) {
  const FlightRecord& record = request.record;
  Span span(out, request);
  span.ids(request.trace.span(), request.trace.parent());
  span.name(span_method(record), kServerKind);
  span.times(record.started, record.ended);
  add_method(span, record);
  span.text("url.scheme", record.tls_done != MonotonicTime{} ? "https" : "http");
  span.text("url.path", record.path);
  add_server(span, record.host);
  span.text("client.address", record.client);
  span.number("http.response.status_code", static_cast<std::uint64_t>(record.status));
  add_error(span, record.error, record.status, 500);
  span.text("poise.listener", record.listener);
  span.text("poise.route", record.route);
  span.text("poise.pool", record.pool);
  if (record.error) span.text("poise.phase", base::to_text(record.error.phase));
  span.end(record.status >= 500 || (record.error && record.status < 400), record.error.detail);
}

void append_try(std::string& out, const TracedRequest& request, const TryRecord& made,
                std::uint32_t number) {
  const FlightRecord& record = request.record;
  const bool answered = made.first_byte != MonotonicTime{};
  const int status = answered ? record.status : 0;
  Span span(out, request);
  span.ids(request.trace.span_of_try(number), request.trace.span());
  span.name(span_method(record), kClientKind);
  span.times(made.picked, made.ended);
  add_method(span, record);
  add_server(span, made.backend);
  span.text("url.full", "http://" + record.host + record.path);
  span.number("http.response.status_code", static_cast<std::uint64_t>(status));
  span.number("http.request.resend_count", number - 1);
  add_error(span, made.error, status, 400);
  span.text("poise.pool", record.pool);
  span.text("poise.backend", made.backend);
  span.end(made.error || status >= 400, made.error.detail);
}

}  // namespace

void append_spans(std::string& out, const TracedRequest& request) {
  append_request(out, request);
  const auto& tries = request.record.tries;
  for (std::size_t i = 0; i < tries.size(); ++i) {
    if (tries[i].backend.empty()) continue;
    // Of many, the last one kept is the last one made.
    const std::size_t number = i + 1 == tries.size() ? request.record.tries_made : i + 1;
    out += ',';
    append_try(out, request, tries[i], static_cast<std::uint32_t>(number));
  }
}

std::string otlp_begin(const std::string& service) {
  std::string out =
      R"({"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":")";
  base::append_json_escaped(out, service);
  out += R"("}}]},"scopeSpans":[{"scope":{"name":"poise"},"spans":[)";
  return out;
}

}  // namespace poise::tracing
