// Typed reading of a parsed configuration. Every getter leaves its target alone when the key is not
// given (or null), and reports a wrong value with its place and the setting's full name; nothing
// throws. A YamlMap remembers which keys were asked for and, when its reading ends, reports all
// others. Handles live only inside the callback that receives them.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conf/reader/diagnostics.h"
#include "conf/reader/quantities.h"
#include "conf/reader/yaml_node.h"

namespace poise::conf {

class YamlMap;

// The owner of the outermost keys, in messages.
inline constexpr std::string_view kTopLevel = "the configuration";

template <class T>
struct Range {
  T least;
  T most;
};
inline constexpr Range<std::uint32_t> kAnyCount{0, std::numeric_limits<std::uint32_t>::max()};
inline constexpr Range<base::ByteCount> kAnySize{0, base::ByteCount{1} << 40};
// A timeout of a day is no timeout; 0 says so openly.
inline constexpr Range<base::Duration> kAnyTimeout{base::Duration::zero(), std::chrono::hours(24)};

template <class E>
using Choices = std::initializer_list<std::pair<std::string_view, E>>;

class YamlValue {
 public:
  // `what` names the value in messages: "'weight' in backend 'b1'".
  YamlValue(const YamlNode& node, Position key_at, std::string what, Diagnostics& diagnostics);

  bool is_null() const { return node_.kind == YamlNode::Kind::null; }
  bool is_text() const { return node_.kind == YamlNode::Kind::scalar; }
  bool is_list() const { return node_.kind == YamlNode::Kind::list; }
  bool is_map() const { return node_.kind == YamlNode::Kind::map; }
  std::size_t size() const { return node_.items.size() + node_.entries.size(); }

  // Each reports and leaves `out` alone when the value is something else or out of range.
  void read(std::string& out);
  void read(bool& out);
  void read(std::uint32_t& out, Range<std::uint32_t> range = kAnyCount);
  void read_status(int& out, Range<std::uint32_t> range);
  void read_size(base::ByteCount& out, Range<base::ByteCount> range = kAnySize);
  void read_duration(base::Duration& out, Range<base::Duration> range = kAnyTimeout);
  void read_percent(double& out);
  void read_decimal(double& out, Range<double> range);
  template <class E>
  void read_choice(E& out, Choices<E> choices);

  // A scalar as text; nullopt, and reported, for anything else.
  std::optional<std::string> text();
  // Reads a map, named `owner` in messages ("pool 'api'"), and reports the keys nobody asked for.
  void read_map(std::string owner, const std::function<void(YamlMap&)>& read);
  // Every item of a list.
  void each(const std::function<void(YamlValue&)>& read);
  // Every entry of a map whose keys are names of the user's own.
  void entries(const std::function<void(const std::string& name, YamlValue&)>& read);

  const std::string& what() const { return what_; }
  Position at() const { return node_.at; }
  // Reports "WHAT MESSAGE" at the value, or at its key.
  void error(std::string_view message);
  void error_at_key(std::string_view message);
  void warn(std::string_view message);
  // "WHAT must be EXPECTED, not FOUND".
  void mismatch(std::string_view expected);
  Diagnostics& diagnostics() { return diagnostics_; }

 private:
  std::optional<std::string_view> typed_text(std::string_view expected);

  const YamlNode& node_;
  Position key_at_;
  std::string what_;
  Diagnostics& diagnostics_;
};

class YamlMap {
 public:
  YamlMap(const YamlNode& node, std::string owner, Diagnostics& diagnostics);
  YamlMap(const YamlMap&) = delete;
  YamlMap& operator=(const YamlMap&) = delete;

  // For messages, once the map's own name is known: "listener 'web'".
  void describe(std::string owner) { owner_ = std::move(owner); }
  const std::string& owner() const { return owner_; }

  // Present, and not null.
  bool has(std::string_view key);
  // Calls `read` when the key is given.
  void with(std::string_view key, const std::function<void(YamlValue&)>& read);

  void read(std::string_view key, std::string& out);
  // As text, of the form names.h asks for.
  void read_name(std::string_view key, std::string& out);
  void read(std::string_view key, bool& out);
  void read(std::string_view key, std::uint32_t& out, Range<std::uint32_t> range = kAnyCount);
  void read_size(std::string_view key, base::ByteCount& out, Range<base::ByteCount> r = kAnySize);
  void read_duration(std::string_view key, base::Duration& out,
                     Range<base::Duration> range = kAnyTimeout);
  void read_percent(std::string_view key, double& out);
  template <class E>
  void read_choice(std::string_view key, E& out, Choices<E> choices) {
    with(key, [&](YamlValue& value) { value.read_choice(out, choices); });
  }
  void read_map(std::string_view key, const std::function<void(YamlMap&)>& read);
  void each(std::string_view key, const std::function<void(YamlValue&)>& read);
  void entries(std::string_view key,
               const std::function<void(const std::string& name, YamlValue&)>& read);

  // A setting whose subsystem is not built: an error unless it is left out or has one of the values
  // that switch it off.
  void reject_unsupported(std::string_view key,
                          std::initializer_list<std::string_view> accepted = {});

  // After an error that makes the other keys impossible to judge.
  void ignore_rest() { ignores_rest_ = true; }

  // Reports "MESSAGE" at the key, or at the map when the key is not there.
  void error_at(std::string_view key, std::string message);
  void error(std::string message) { diagnostics_.error(node_.at, std::move(message)); }
  Position at() const { return node_.at; }
  Diagnostics& diagnostics() { return diagnostics_; }

  // Reports unknown keys. Whoever made the map calls it once all reading is done.
  void finish();

 private:
  const YamlEntry* find(std::string_view key);
  std::string name_of(std::string_view key) const;

  const YamlNode& node_;
  std::string owner_;
  Diagnostics& diagnostics_;
  std::vector<std::string> known_;
  bool ignores_rest_ = false;
};

// "must be 'a' or 'b', not 'c'; did you mean …" for a word that is none of `words`.
void report_choice(YamlValue& value, std::string_view found, const std::vector<std::string>& words);

template <class E>
void YamlValue::read_choice(E& out, Choices<E> choices) {
  const auto found = text();
  if (!found) return;
  std::vector<std::string> words;
  for (const auto& [word, choice] : choices) {
    if (word == *found) {
      out = choice;
      return;
    }
    words.emplace_back(word);
  }
  report_choice(*this, *found, words);
}

}  // namespace poise::conf
