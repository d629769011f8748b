#include "proxy/exchange/access_log_format.h"

#include <charconv>

#include "proxy/base/json_text.h"

namespace poise::exchange {
namespace {

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// Milliseconds with three decimals, rounded down.
void append_milliseconds(std::string& out, base::Duration time) {
  const auto micros = static_cast<std::uint64_t>(time.count() < 0 ? 0 : time.count() / 1000);
  append_number(out, micros / 1000);
  const auto rest = static_cast<unsigned>(micros % 1000);
  const char decimals[] = {'.', static_cast<char>('0' + rest / 100),
                           static_cast<char>('0' + rest / 10 % 10),
                           static_cast<char>('0' + rest % 10)};
  out.append(decimals, sizeof decimals);
}

// Writes `"key":"text"`; `key` brings its comma and quotation marks: `,"id":"`.
void append_text(std::string& out, std::string_view key, std::string_view text) {
  out += key;
  base::append_json_escaped(out, text);
  out += '"';
}

// poise's own words need no escape.
void append_word(std::string& out, std::string_view key, std::string_view word) {
  out += key;
  out += word;
  out += '"';
}

void append_count(std::string& out, std::string_view key, std::uint64_t number) {
  out += key;
  append_number(out, number);
}

void append_time(std::string& out, std::string_view key, base::Duration time) {
  if (time < base::Duration{0}) return;
  out += key;
  append_milliseconds(out, time);
}

void append_request(std::string& out, const AccessRecord& record) {
  append_text(out, R"(,"method":")", record.method);
  append_text(out, R"(,"host":")", record.host);
  append_text(out, R"(,"path":")", record.path);
  append_text(out, R"(,"query":")", record.query);
  append_count(out, R"(,"status":)", static_cast<unsigned>(record.status));
}

void append_session(std::string& out, const AccessRecord& record) {
  append_word(out, R"(,"session":")", record.session);
  if (record.session == "moved") append_text(out, R"(,"session_home":")", record.session_home);
}

void append_attempts(std::string& out, std::span<const flight::TryRecord> attempts) {
  out += R"(,"attempts":[)";
  for (const auto& attempt : attempts) {
    if (attempt.backend.empty()) continue;  // there was nobody to try
    append_text(out, R"({"backend":")", attempt.backend);
    out += R"(,"ms":)";
    append_milliseconds(out, attempt.time());
    append_word(out, R"(,"outcome":")", attempt.outcome());
    out += "},";
  }
  if (out.back() == ',') out.pop_back();
  out += ']';
}

void append_times(std::string& out, const AccessRecord& record) {
  append_time(out, R"(,"t_tls":)", record.tls_time);
  append_time(out, R"(,"t_request":)", record.request_time);
  append_time(out, R"(,"t_queue":)", record.queue_time);
  append_time(out, R"(,"t_connect":)", record.connect_time);
  append_time(out, R"(,"t_wait":)", record.wait_time);
  append_time(out, R"(,"t_total":)", record.total_time);
  append_time(out, R"(,"t_self":)", record.self_time);
}

void append_json(std::string& out, const AccessRecord& record, base::LogClock& clock) {
  append_word(out, R"({"ts":")", clock.rfc3339(record.time));
  append_text(out, R"(,"id":")", record.id);
  append_text(out, R"(,"trace_id":")", record.trace_id);
  append_text(out, R"(,"listener":")", record.listener);
  append_text(out, R"(,"route":")", record.route);
  append_text(out, R"(,"pool":")", record.pool);
  append_text(out, R"(,"backend":")", record.backend);
  append_text(out, R"(,"client":")", record.client);
  append_word(out, R"(,"proto":")", record.proto);
  append_word(out, R"(,"tls":")", record.tls);
  if (!record.client_certificate.empty()) {
    append_text(out, R"(,"client_cert":")", record.client_certificate);
  }
  if (!record.sni.empty()) append_text(out, R"(,"sni":")", record.sni);
  if (record.has_request) append_request(out, record);
  append_word(out, R"(,"cause":")", base::to_text(record.cause));
  append_word(out, R"(,"phase":")", base::to_text(record.phase));
  append_count(out, R"(,"bytes_in":)", record.bytes_in);
  append_count(out, R"(,"bytes_out":)", record.bytes_out);
  out += record.reused ? R"(,"reused":true)" : R"(,"reused":false)";
  if (!record.session.empty()) append_session(out, record);
  append_attempts(out, record.attempts);
  append_times(out, record);
  out += "}\n";
}

// As the servers that made this format do it: \xHH for what is not printable ASCII.
void append_quoted(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
      out += c;
    } else {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
}

void append_quoted_or_dash(std::string& out, std::string_view text) {
  out += " \"";
  append_quoted(out, text.empty() ? "-" : text);
  out += '"';
}

std::string_view protocol_text(std::string_view proto) {
  if (proto == "http/1.1") return "HTTP/1.1";
  if (proto == "http/1.0") return "HTTP/1.0";
  return proto == "h2" ? "HTTP/2.0" : proto;
}

void append_request_line(std::string& out, const AccessRecord& record) {
  if (record.method.empty()) {
    out += '-';
    return;
  }
  append_quoted(out, record.method);
  out += ' ';
  append_quoted(out, record.path);
  if (!record.query.empty()) out += '?';
  append_quoted(out, record.query);
  out += ' ';
  out += protocol_text(record.proto);
}

void append_status(std::string& out, int status) {
  if (status == 0) {
    out += "000";
  } else {
    append_number(out, static_cast<unsigned>(status));
  }
}

void append_common(std::string& out, const AccessRecord& record, base::LogClock& clock) {
  append_quoted(out, record.client.empty() ? "-" : record.client);
  out += " - - [";
  out += clock.common(record.time);
  out += "] \"";
  append_request_line(out, record);
  out += "\" ";
  append_status(out, record.status);
  out += ' ';
  append_number(out, record.bytes_out);
}

}  // namespace

void append_line(std::string& out, const AccessRecord& record, AccessFormat format,
                 base::LogClock& clock) {
  if (format == AccessFormat::json) return append_json(out, record, clock);
  append_common(out, record, clock);
  if (format == AccessFormat::combined) {
    append_quoted_or_dash(out, record.referer);
    append_quoted_or_dash(out, record.user_agent);
  }
  out += '\n';
}

}  // namespace poise::exchange
