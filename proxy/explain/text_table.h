// Columns of text, each as wide as its widest cell. A value.
#pragma once

#include <string>
#include <vector>

namespace poise::explain {

class TextTable {
 public:
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // Each row indented, its columns two spaces apart, without spaces at the end.
  std::string text() const;

 private:
  std::vector<std::size_t> widths() const;

  std::vector<std::vector<std::string>> rows_;
};

}  // namespace poise::explain
