#include "tests/support/strict_http.h"

#include <algorithm>

#include "tests/support/strict_syntax.h"

namespace poise::support {
namespace {

constexpr std::size_t kLongestLine = 1024 * 1024;

bool takes_version(std::string_view text, int& minor) {
  if (text != "HTTP/1.0" && text != "HTTP/1.1") return false;
  minor = text.back() - '0';
  return true;
}

}  // namespace

bool StrictParser::expects_line() const {
  return stage_ == Stage::start_line || stage_ == Stage::field_line ||
         stage_ == Stage::chunk_line || stage_ == Stage::chunk_end || stage_ == Stage::trailer_line;
}

std::size_t StrictParser::feed(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size() && !is_done() && !is_broken()) {
    const std::string_view rest = bytes.substr(used);
    used += expects_line() ? take_line_bytes(rest) : take_body_bytes(rest);
  }
  message_.raw.append(bytes.substr(0, used));
  return used;
}

void StrictParser::end_of_stream() {
  if (stage_ == Stage::body_until_close) stage_ = Stage::done;
}

std::size_t StrictParser::take_line_bytes(std::string_view bytes) {
  const std::size_t newline = bytes.find('\n');
  const std::size_t used = newline == std::string_view::npos ? bytes.size() : newline + 1;
  line_.append(bytes.substr(0, used));
  if (line_.size() > kLongestLine) check("endless line");
  if (newline == std::string_view::npos) return used;
  std::string line = std::move(line_);
  line_.clear();
  line.pop_back();
  if (line.empty() || line.back() != '\r') {
    check("line ended by a bare LF");
    return used;
  }
  line.pop_back();
  if (line.find('\r') != std::string::npos) check("bare CR");
  if (!is_broken()) on_line(line);
  return used;
}

std::size_t StrictParser::take_body_bytes(std::string_view bytes) {
  if (stage_ == Stage::body_until_close) {
    message_.body.append(bytes);
    return bytes.size();
  }
  const std::size_t used =
      static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, bytes.size()));
  message_.body.append(bytes.substr(0, used));
  body_left_ -= used;
  if (body_left_ == 0) on_body_part_end();
  return used;
}

void StrictParser::on_body_part_end() {
  stage_ = stage_ == Stage::counted_body ? Stage::done : Stage::chunk_end;
}

void StrictParser::on_line(std::string_view line) {
  switch (stage_) {
    case Stage::start_line:
      return on_start_line(line);
    case Stage::field_line:
      return line.empty() ? on_head_end() : on_field_line(line);
    case Stage::chunk_line:
      return on_chunk_line(line);
    case Stage::trailer_line:
      return on_trailer_line(line);
    default:
      break;
  }
  stage_ = Stage::chunk_line;
  if (!line.empty()) check("chunk longer than its size");
}

void StrictParser::on_start_line(std::string_view line) {
  stage_ = Stage::field_line;
  return kind_ == Kind::request ? on_request_line(line) : on_status_line(line);
}

void StrictParser::on_request_line(std::string_view line) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return check("request line of few parts");
  message_.method = line.substr(0, first);
  message_.target = line.substr(first + 1, last - first - 1);
  if (!is_token(message_.method)) return check("method is not a token");
  if (!takes_version(line.substr(last + 1), message_.minor_version)) return check("bad version");
}

void StrictParser::on_status_line(std::string_view line) {
  // "HTTP/1.1 200 " with or without a reason phrase.
  if (line.size() < 13 || line[8] != ' ' || line[12] != ' ') return check("malformed status line");
  if (!takes_version(line.substr(0, 8), message_.minor_version)) return check("bad version");
  const auto status = decimal(line.substr(9, 3));
  if (!status || *status < 100 || *status > 599) return check("bad status");
  message_.status = static_cast<int>(*status);
  message_.reason = line.substr(13);
  if (!is_field_value(message_.reason)) check("control byte in the reason phrase");
}

void StrictParser::on_field_line(std::string_view line) {
  StrictField field;
  check(field_fault(line, field));
  message_.fields.push_back(std::move(field));
}

void StrictParser::on_trailer_line(std::string_view line) {
  if (line.empty()) {
    stage_ = Stage::done;
    return;
  }
  StrictField field;
  check(field_fault(line, field));
  check(trailer_fault(field));
  message_.trailers.push_back(std::move(field));
}

void StrictParser::on_chunk_line(std::string_view line) {
  const auto size = chunk_size(line);
  if (!size) return check("malformed chunk size");
  body_left_ = *size;
  stage_ = *size == 0 ? Stage::trailer_line : Stage::chunk_data;
}

void StrictParser::on_head_end() {
  has_head_ = true;
  if (kind_ == Kind::request) {
    check(target_fault(message_));
    check(host_fault(message_));
  }
  if (is_broken()) return;
  if (message_.has("Transfer-Encoding")) return frame_by_encoding();
  if (message_.has("Content-Length")) return frame_by_length();
  const bool runs_until_close = kind_ == Kind::response && !has_no_body();
  message_.framing = runs_until_close ? StrictFraming::until_close : StrictFraming::none;
  stage_ = runs_until_close ? Stage::body_until_close : Stage::done;
}

bool StrictParser::has_no_body() const {
  if (kind_ == Kind::request) return false;
  const int status = message_.status;
  return request_method_ == "HEAD" || status < 200 || status == 204 || status == 304;
}

void StrictParser::frame_by_encoding() {
  if (message_.has("Content-Length")) return check("Content-Length beside Transfer-Encoding");
  if (message_.minor_version == 0) return check("Transfer-Encoding in HTTP/1.0");
  if (message_.count("Transfer-Encoding") != 1 ||
      lower_case(message_.value("Transfer-Encoding")) != "chunked")
    return check("Transfer-Encoding other than chunked");
  if (kind_ == Kind::response && (message_.status < 200 || message_.status == 204))
    return check("Transfer-Encoding with a status that has no body");
  message_.framing = has_no_body() ? StrictFraming::none : StrictFraming::chunked;
  stage_ = has_no_body() ? Stage::done : Stage::chunk_line;
}

void StrictParser::frame_by_length() {
  if (message_.count("Content-Length") != 1) return check("more than one Content-Length");
  const auto length = decimal(message_.value("Content-Length"));
  if (!length) return check("malformed Content-Length");
  if (kind_ == Kind::response && (message_.status < 200 || message_.status == 204))
    return check("Content-Length with a status that has no body");
  message_.framing = has_no_body() ? StrictFraming::none : StrictFraming::length;
  body_left_ = has_no_body() ? 0 : *length;
  stage_ = body_left_ == 0 ? Stage::done : Stage::counted_body;
}

void StrictParser::check(std::string fault) {
  if (fault.empty() || is_broken()) return;
  fault_ = std::move(fault);
  stage_ = Stage::broken;
}

}  // namespace poise::support
