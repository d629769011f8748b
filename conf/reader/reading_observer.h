// Hears what the parsers ask of a configuration: which keys of a map, which types and words of a
// value. That is how the schema is drawn (conf/schema.h): from the parsers themselves. Nobody
// listens otherwise. One observer a thread.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "conf/reader/yaml_node.h"

namespace poise::conf {

enum class ValueType : std::uint8_t { text, truth, whole, size, duration, share, decimal };

class ReadingObserver {
 public:
  // A map whose keys are settings, and one of them.
  virtual void on_map(const YamlNode& node) = 0;
  virtual void on_key(const YamlNode& map, std::string_view key) = 0;
  // A key that only has a meaning with one of these values, for the time being.
  virtual void on_unsupported(const YamlNode& map, std::string_view key,
                              std::initializer_list<std::string_view> accepted) = 0;
  // A map whose keys are names of the user's own.
  virtual void on_names(const YamlNode& node) = 0;
  virtual void on_list(const YamlNode& node) = 0;
  // For a whole number its range, else both 0.
  virtual void on_value(const YamlNode& node, ValueType type, std::uint64_t least,
                        std::uint64_t most) = 0;
  // What the text that was read last may be; called when it is none of them.
  virtual void on_words(const std::vector<std::string>& words) = 0;

 protected:
  ~ReadingObserver() = default;
};

// This thread's; nullptr mostly.
ReadingObserver* reading_observer();

class ObservedReading {
 public:
  explicit ObservedReading(ReadingObserver& observer);
  ~ObservedReading();
  ObservedReading(const ObservedReading&) = delete;
  ObservedReading& operator=(const ObservedReading&) = delete;
};

// For parsers that look for a word themselves and found none.
void note_words(const std::vector<std::string>& words);

}  // namespace poise::conf
