// Finds the body of one HTTP/1 message in the bytes that follow its head, by the framing that was
// decided with the head. Chunks are read strictly (RFC 9112 section 7.1): only CRLF ends a line,
// and extensions are bounded and dropped. Nothing is buffered but an unfinished trailer section.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "proxy/base/bytes.h"
#include "proxy/http/message.h"

namespace poise::http {

class H1Body {
 public:
  struct Step {
    enum class Kind : std::uint8_t { need_more, data, end, broken };
    Kind kind = Kind::need_more;
    std::size_t used = 0;     // bytes of the input this step took
    base::Bytes data{};       // with `data`: part of the input
    const char* detail = "";  // with `broken`
  };

  // Framing::none never has a body; ask only for the others.
  void begin(Framing framing, base::ByteCount length);
  Step next(base::Bytes input);

  // What the end of the connection means here: `end` where it ends the body, else `broken`.
  Step at_end_of_input() const;

  // After `end`: what came behind the last chunk, without what may not stand there (RFC 9110
  // section 6.5.1). Valid until begin().
  const Fields& trailers() const;

 private:
  enum class State : std::uint8_t {
    counted,
    until_close,
    chunk_size,
    chunk_extension,
    chunk_size_lf,
    chunk_data,
    chunk_data_cr,
    chunk_data_lf,
    trailers,
    done,
  };
  struct Trailers {
    base::Arena arena;
    Fields fields;
    std::string text;
  };

  Step counted(base::Bytes input);
  Step chunk_line(base::Bytes input);
  Step take_line_byte(char c);
  Step trailer_section(base::Bytes input);
  bool parse_trailers();

  State state_ = State::done;
  std::uint8_t digits_ = 0;
  std::uint16_t extension_bytes_ = 0;
  base::ByteCount left_ = 0;
  std::unique_ptr<Trailers> trailers_;
};

}  // namespace poise::http
