// Everything that is wrong, or only odd, in a configuration: collected while reading, never thrown,
// and shown all at once by print.*. Also holds the texts the positions point into. Owned by whoever
// loads; one thread; does not print.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "conf/reader/position.h"

namespace poise::conf {

enum class Severity { error, warning };

struct Diagnostic {
  Position at;
  Severity severity = Severity::error;
  std::string message;
};

class Diagnostics {
 public:
  // More than this are only counted: nobody reads them, and a broken file must not fill the memory.
  static constexpr std::size_t kMaxKept = 500;

  // The index to use as Position::file. The text is kept to show lines of it.
  std::uint32_t add_source(std::string name, std::string text = {});

  void error(Position at, std::string message);
  void warn(Position at, std::string message);
  // The environment is at fault, not the configuration: a file that cannot be read.
  void unreadable(Position at, std::string message);

  bool failed() const { return error_count_ > 0; }
  bool environment_failed() const { return environment_failed_; }
  std::size_t error_count() const { return error_count_; }
  std::size_t dropped() const { return dropped_; }
  bool empty() const { return kept_.empty(); }

  // In order of file, line and column.
  std::vector<Diagnostic> sorted() const;

  std::string_view file_name(Position at) const;
  // Without its line end; empty when there is no such line.
  std::string_view source_line(Position at) const;
  // "FILE:LINE", for messages that name a second place.
  std::string place(Position at) const;

 private:
  struct Source {
    std::string name;
    std::string text;
  };
  void keep(Position at, Severity severity, std::string message);

  std::vector<Source> sources_;
  std::vector<Diagnostic> kept_;
  std::size_t error_count_ = 0;
  std::size_t dropped_ = 0;
  bool environment_failed_ = false;
};

}  // namespace poise::conf
