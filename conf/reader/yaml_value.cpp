#include <string>
#include <utility>

#include "conf/reader/reading_observer.h"
#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"

namespace poise::conf {

namespace {

std::string found(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null:
      return "empty";
    case YamlNode::Kind::list:
      return "a list";
    case YamlNode::Kind::map:
      return "a map";
    case YamlNode::Kind::scalar:
      break;
  }
  if (node.text.empty()) return "empty text";
  return (node.style == YamlNode::Style::quoted ? "the quoted text " : "") + quoted(node.text);
}

template <class T>
bool within(T value, Range<T> range) {
  return value >= range.least && value <= range.most;
}

std::string between(const std::string& least, const std::string& most) {
  return "between " + least + " and " + most;
}

void note(const YamlNode& node, ValueType type, std::uint64_t least = 0, std::uint64_t most = 0) {
  if (auto* observer = reading_observer()) observer->on_value(node, type, least, most);
}

bool is_negative(std::string_view text) { return text.size() > 1 && text.front() == '-'; }

}  // namespace

YamlValue::YamlValue(const YamlNode& node, Position key_at, std::string what,
                     Diagnostics& diagnostics)
    : node_(node), key_at_(key_at), what_(std::move(what)), diagnostics_(diagnostics) {}

void YamlValue::error(std::string_view message) {
  if (node_.reported) return;
  diagnostics_.error(is_null() ? key_at_ : node_.at, what_ + " " + std::string(message));
}

void YamlValue::error_at_key(std::string_view message) {
  diagnostics_.error(key_at_, what_ + " " + std::string(message));
}

void YamlValue::warn(std::string_view message) {
  diagnostics_.warn(node_.at, what_ + " " + std::string(message));
}

void YamlValue::mismatch(std::string_view expected) {
  error("must be " + std::string(expected) + ", not " + found(node_));
}

std::optional<std::string> YamlValue::text() {
  note(node_, ValueType::text);
  if (is_text() && !node_.reported) return node_.text;
  mismatch("text");
  return std::nullopt;
}

// Quotes say that something is text, so a quoted number is not a number.
std::optional<std::string_view> YamlValue::typed_text(std::string_view expected) {
  if (is_text() && !node_.reported && node_.style == YamlNode::Style::plain) return node_.text;
  mismatch(expected);
  return std::nullopt;
}

void YamlValue::read(std::string& out) {
  if (auto value = text()) out = std::move(*value);
}

void YamlValue::read(bool& out) {
  note(node_, ValueType::truth);
  const auto written = typed_text("true or false");
  if (!written) return;
  const auto value = parse_bool(*written);
  if (!value) return mismatch("true or false");
  out = *value;
}

void YamlValue::read(std::uint32_t& out, Range<std::uint32_t> range) {
  note(node_, ValueType::whole, range.least, range.most);
  const auto written = typed_text("a whole number");
  if (!written) return;
  const auto value = parse_whole(*written);
  const std::string limits = between(std::to_string(range.least), std::to_string(range.most));
  const bool too_long = !value &&
                        written->find_first_not_of("0123456789") == std::string_view::npos &&
                        written->front() != '0';
  if (!value && !too_long && !is_negative(*written)) return mismatch("a whole number");
  if (!value || *value < range.least || *value > range.most) return mismatch(limits);
  out = static_cast<std::uint32_t>(*value);
}

void YamlValue::read_status(int& out, Range<std::uint32_t> range) {
  auto status = static_cast<std::uint32_t>(out);
  read(status, range);
  out = static_cast<int>(status);
}

void YamlValue::read_size(base::ByteCount& out, Range<base::ByteCount> range) {
  note(node_, ValueType::size);
  constexpr std::string_view kExpected = "a size such as 512, 64KiB or 10MB";
  const auto written = typed_text(kExpected);
  if (!written) return;
  const auto value = parse_size(*written);
  if (!value) return mismatch(kExpected);
  const std::string limits = between(std::to_string(range.least), std::to_string(range.most));
  if (!within(*value, range)) return mismatch(limits + " bytes");
  out = *value;
}

void YamlValue::read_duration(base::Duration& out, Range<base::Duration> range) {
  note(node_, ValueType::duration);
  constexpr std::string_view kExpected = "a duration such as 250ms, 5s or 1m30s";
  const auto written = typed_text(kExpected);
  if (!written) return;
  const auto value = parse_duration(*written);
  if (!value) return mismatch(kExpected);
  if (!within(*value, range)) return mismatch(between(to_text(range.least), to_text(range.most)));
  out = *value;
}

void YamlValue::read_percent(double& out) {
  note(node_, ValueType::share);
  constexpr std::string_view kExpected = "a share from 0% to 100%, such as 20%";
  const auto written = typed_text(kExpected);
  if (!written) return;
  const auto value = parse_percent(*written);
  if (!value) return mismatch(kExpected);
  out = *value;
}

void YamlValue::read_decimal(double& out, Range<double> range) {
  note(node_, ValueType::decimal);
  constexpr std::string_view kExpected = "a number such as 3 or 2.5";
  const auto written = typed_text(kExpected);
  if (!written) return;
  const auto value = parse_decimal(*written);
  if (!value) return mismatch(kExpected);
  const auto shown = [](double number) { return std::to_string(static_cast<long>(number)); };
  if (!within(*value, range)) return mismatch(between(shown(range.least), shown(range.most)));
  out = *value;
}

void YamlValue::read_map(std::string owner, const std::function<void(YamlMap&)>& read) {
  if (!is_map()) return mismatch("a map");
  YamlMap map(node_, std::move(owner), diagnostics_);
  read(map);
  map.finish();
}

void YamlValue::each(const std::function<void(YamlValue&)>& read) {
  if (!is_list()) return mismatch("a list");
  if (auto* observer = reading_observer()) observer->on_list(node_);
  std::size_t number = 0;
  for (const auto& item : node_.items) {
    YamlValue value(*item, item->at, "entry " + std::to_string(++number) + " of " + what_,
                    diagnostics_);
    read(value);
  }
}

void YamlValue::entries(const std::function<void(const std::string&, YamlValue&)>& read) {
  if (!is_map()) return mismatch("a map");
  if (auto* observer = reading_observer()) observer->on_names(node_);
  for (const auto& entry : node_.entries) {
    YamlValue value(*entry.value, entry.key_at, quoted(entry.key) + " in " + what_, diagnostics_);
    read(entry.key, value);
  }
}

void report_choice(YamlValue& value, std::string_view word, const std::vector<std::string>& words) {
  note_words(words);
  value.error("must be " + one_of(words) + ", not " + quoted(word) + did_you_mean(word, words));
}

}  // namespace poise::conf
