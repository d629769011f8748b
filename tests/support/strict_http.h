// A strict HTTP/1.1 parser for judging what poise sends, either way, written from RFC 9112. It
// takes bytes as they come and stops at the end of one message or at the first fault, which it
// names. It accepts nothing a recipient could read in two ways. One message an object; not shared
// between threads; shares no code with poise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/strict_message.h"

namespace poise::support {

class StrictParser {
 public:
  static StrictParser for_request() { return StrictParser(Kind::request, {}); }
  static StrictParser for_response_to(std::string_view request_method) {
    return StrictParser(Kind::response, request_method);
  }

  // How many of the bytes belong to this message; fewer than given only at its end or a fault.
  std::size_t feed(std::string_view bytes);
  // An orderly end of the stream, which completes a body that runs until close.
  void end_of_stream();

  bool has_begun() const { return !message_.raw.empty(); }
  bool has_head() const { return has_head_; }
  bool is_done() const { return stage_ == Stage::done; }
  bool is_broken() const { return stage_ == Stage::broken; }
  const std::string& fault() const { return fault_; }
  const StrictMessage& message() const { return message_; }
  StrictMessage take() { return std::move(message_); }

 private:
  enum class Kind { request, response };
  enum class Stage {
    start_line,
    field_line,
    counted_body,
    body_until_close,
    chunk_line,
    chunk_data,
    chunk_end,
    trailer_line,
    done,
    broken
  };

  StrictParser(Kind kind, std::string_view request_method)
      : kind_(kind), request_method_(request_method) {}

  bool expects_line() const;
  std::size_t take_line_bytes(std::string_view bytes);
  std::size_t take_body_bytes(std::string_view bytes);
  void on_line(std::string_view line);
  void on_start_line(std::string_view line);
  void on_request_line(std::string_view line);
  void on_status_line(std::string_view line);
  void on_field_line(std::string_view line);
  void on_trailer_line(std::string_view line);
  void on_chunk_line(std::string_view line);
  void on_head_end();
  void on_body_part_end();
  bool has_no_body() const;
  void frame_by_encoding();
  void frame_by_length();
  void check(std::string fault);

  Kind kind_;
  std::string request_method_;
  Stage stage_ = Stage::start_line;
  StrictMessage message_;
  std::string line_;
  std::string fault_;
  std::uint64_t body_left_ = 0;
  bool has_head_ = false;
};

}  // namespace poise::support
