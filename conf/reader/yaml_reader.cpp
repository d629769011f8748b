#include "conf/reader/yaml_reader.h"

#include <algorithm>

#include "conf/reader/names.h"
#include "conf/reader/reading_observer.h"
#include "conf/reader/suggestion.h"

namespace poise::conf {

YamlMap::YamlMap(const YamlNode& node, std::string owner, Diagnostics& diagnostics)
    : node_(node), owner_(std::move(owner)), diagnostics_(diagnostics) {
  if (auto* observer = reading_observer()) observer->on_map(node_);
}

const YamlEntry* YamlMap::find(std::string_view key) {
  if (auto* observer = reading_observer()) observer->on_key(node_, key);
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.emplace_back(key);
  return node_.find(key);
}

std::string YamlMap::name_of(std::string_view key) const {
  return owner_ == kTopLevel ? quoted(key) : quoted(key) + " in " + owner_;
}

bool YamlMap::has(std::string_view key) {
  const YamlEntry* entry = find(key);
  return entry != nullptr && entry->value->kind != YamlNode::Kind::null;
}

void YamlMap::with(std::string_view key, const std::function<void(YamlValue&)>& read) {
  if (!has(key)) return;
  const YamlEntry& entry = *find(key);
  YamlValue value(*entry.value, entry.key_at, name_of(key), diagnostics_);
  read(value);
}

void YamlMap::read(std::string_view key, std::string& out) {
  with(key, [&](YamlValue& value) { value.read(out); });
}

void YamlMap::read_name(std::string_view key, std::string& out) {
  with(key, [&](YamlValue& value) {
    const auto name = value.text();
    if (!name) return;
    const std::string_view fault = name_fault(*name);
    if (!fault.empty()) return value.error(fault);
    out = *name;
  });
}

void YamlMap::read(std::string_view key, bool& out) {
  with(key, [&](YamlValue& value) { value.read(out); });
}

void YamlMap::read(std::string_view key, std::uint32_t& out, Range<std::uint32_t> range) {
  with(key, [&](YamlValue& value) { value.read(out, range); });
}

void YamlMap::read_size(std::string_view key, base::ByteCount& out, Range<base::ByteCount> range) {
  with(key, [&](YamlValue& value) { value.read_size(out, range); });
}

void YamlMap::read_duration(std::string_view key, base::Duration& out,
                            Range<base::Duration> range) {
  with(key, [&](YamlValue& value) { value.read_duration(out, range); });
}

void YamlMap::read_percent(std::string_view key, double& out) {
  with(key, [&](YamlValue& value) { value.read_percent(out); });
}

void YamlMap::read_map(std::string_view key, const std::function<void(YamlMap&)>& read) {
  const bool inner = owner_ != kTopLevel;
  const std::string owner = inner ? quoted(key) + " of " + owner_ : quoted(key);
  with(key, [&](YamlValue& value) { value.read_map(owner, read); });
}

void YamlMap::each(std::string_view key, const std::function<void(YamlValue&)>& read) {
  with(key, [&](YamlValue& value) { value.each(read); });
}

void YamlMap::entries(std::string_view key,
                      const std::function<void(const std::string&, YamlValue&)>& read) {
  with(key, [&](YamlValue& value) { value.entries(read); });
}

void YamlMap::reject_unsupported(std::string_view key,
                                 std::initializer_list<std::string_view> accepted) {
  if (auto* observer = reading_observer()) observer->on_unsupported(node_, key, accepted);
  if (!has(key)) return;
  const YamlEntry& entry = *find(key);
  const bool off = entry.value->kind == YamlNode::Kind::scalar &&
                   std::find(accepted.begin(), accepted.end(), entry.value->text) != accepted.end();
  if (!off) diagnostics_.error(entry.key_at, name_of(key) + " is not supported yet");
}

void YamlMap::error_at(std::string_view key, std::string message) {
  const YamlEntry* entry = find(key);
  diagnostics_.error(entry == nullptr ? node_.at : entry->key_at, std::move(message));
}

void YamlMap::finish() {
  if (ignores_rest_) return;
  for (const auto& entry : node_.entries) {
    if (std::find(known_.begin(), known_.end(), entry.key) != known_.end()) continue;
    diagnostics_.error(entry.key_at, "unknown key " + quoted(entry.key) + " in " + owner_ +
                                         did_you_mean(entry.key, known_));
  }
}

}  // namespace poise::conf
