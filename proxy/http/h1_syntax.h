// The syntax of one HTTP/1 head as llhttp sees it: start line and fields as views, nothing judged
// beyond the grammar. The only place that knows llhttp.
#pragma once

#include "proxy/base/arena.h"
#include "proxy/base/bytes.h"
#include "proxy/http/fields.h"

namespace poise::http {

enum class HeadKind : std::uint8_t { request, response };

struct HeadSyntax {
  enum class Fault : std::uint8_t { none, syntax, framing, method, version };
  Fault fault = Fault::none;
  const char* detail = "";
  std::string_view method;
  std::string_view target;
  std::string_view reason;
  int status = 0;
  int major = 0;
  int minor = 0;
};

// Fields go into `fields`, trimmed, with ids; views into `text`.
HeadSyntax read_head_syntax(HeadKind kind, base::Bytes text, base::Arena& arena, Fields& fields);

const char* parser_library_version();

}  // namespace poise::http
