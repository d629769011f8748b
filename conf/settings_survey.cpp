#include <algorithm>
#include <optional>
#include <utility>

#include "conf/parse.h"
#include "conf/settings_shape.h"

namespace poise::conf {
namespace {

// A value nobody means, so that parsers of words say which they know.
constexpr const char* kProbe = "?";
// A setting within a setting of the same name may be so for ever: `fallback` of `balance`.
constexpr std::ptrdiff_t kRepeats = 2;

// Another setting of the same map, without which a key is not asked for.
struct Companion {
  std::string key;
  std::string word;
};

struct Step {
  enum class Kind : std::uint8_t { key, name, item };
  Kind kind;
  std::string key;
  std::optional<Companion> beside;
};
using Path = std::vector<Step>;

std::shared_ptr<YamlNode> node_of(YamlNode::Kind kind, std::string text = {}) {
  auto node = std::make_shared<YamlNode>();
  node->kind = kind;
  node->text = std::move(text);
  return node;
}

void put(YamlNode& map, const std::string& key, YamlNodePtr value) {
  map.entries.push_back({key, {}, std::move(value)});
}

// What `step` leads to, in the smallest map or list that has it.
YamlNodePtr around(const Step& step, YamlNodePtr value) {
  if (step.kind == Step::Kind::item) {
    const auto list = node_of(YamlNode::Kind::list);
    list->items.push_back(std::move(value));
    return list;
  }
  const auto map = node_of(YamlNode::Kind::map);
  if (step.beside) {
    put(*map, step.beside->key, node_of(YamlNode::Kind::scalar, step.beside->word));
  }
  put(*map, step.key, std::move(value));
  return map;
}

// Shows the parsers one value at one place, and notes what they ask of it.
class Look final : private ReadingObserver {
 public:
  Look(const Path& path, YamlNodePtr value, SettingsShape& shape)
      : seen_(value.get()), shape_(shape) {
    for (auto step = path.rbegin(); step != path.rend(); ++step) {
      value = around(*step, std::move(value));
    }
    Diagnostics ignored;
    const ObservedReading observed(static_cast<ReadingObserver&>(*this));
    (void)parse_config(*value, ignored);
  }

 private:
  bool is_it(const YamlNode& node) const { return &node == seen_; }
  SettingsShape& key(std::string_view name) {
    auto& shape = shape_.keys[std::string(name)];
    if (shape == nullptr) shape = std::make_unique<SettingsShape>();
    return *shape;
  }

  void on_map(const YamlNode& node) override { shape_.is_map |= is_it(node); }
  void on_key(const YamlNode& map, std::string_view name) override {
    if (is_it(map)) (void)key(name);
  }
  void on_unsupported(const YamlNode& map, std::string_view name,
                      std::initializer_list<std::string_view> accepted) override {
    if (!is_it(map)) return;
    key(name).is_unsupported = true;
    key(name).words.assign(accepted.begin(), accepted.end());
  }
  void on_names(const YamlNode& node) override {
    if (is_it(node) && shape_.entry == nullptr) shape_.entry = std::make_unique<SettingsShape>();
  }
  void on_list(const YamlNode& node) override {
    if (is_it(node) && shape_.item == nullptr) shape_.item = std::make_unique<SettingsShape>();
  }
  void on_value(const YamlNode& node, ValueType type, std::uint64_t least,
                std::uint64_t most) override {
    last_is_it_ = is_it(node);
    if (!last_is_it_ || node.kind != YamlNode::Kind::scalar) return;
    shape_.types.insert(type);
    if (type != ValueType::whole) return;
    shape_.least = least;
    shape_.most = most;
  }
  void on_words(const std::vector<std::string>& words) override {
    if (last_is_it_) shape_.words = words;
  }

  const YamlNode* seen_;
  SettingsShape& shape_;
  bool last_is_it_ = false;
};

void survey(SettingsShape& shape, const Path& path);

Path with_step(Path path, Step step) {
  path.push_back(std::move(step));
  return path;
}

void survey_key(SettingsShape& shape, const Path& path, const std::string& name,
                const std::optional<Companion>& beside) {
  SettingsShape& key = *shape.keys.at(name);
  const auto repeats =
      std::count_if(path.begin(), path.end(), [&](const Step& step) { return step.key == name; });
  if (repeats < kRepeats && !key.is_unsupported) {
    survey(key, with_step(path, {Step::Kind::key, name, beside}));
  }
}

std::vector<std::string> names_of(const SettingsShape& shape) {
  std::vector<std::string> names;
  for (const auto& [name, key] : shape.keys) names.push_back(name);
  return names;
}

// The keys that a map has anyway, then those it has where one of them is a certain word.
void survey_keys(SettingsShape& shape, const Path& path) {
  const std::vector<std::string> always = names_of(shape);
  for (const std::string& name : always) survey_key(shape, path, name, std::nullopt);
  for (const std::string& name : always) {
    const std::vector<std::string> words = shape.keys.at(name)->words;
    if (shape.keys.at(name)->is_unsupported) continue;
    for (const std::string& word : words) {
      const std::vector<std::string> before = names_of(shape);
      const auto map = node_of(YamlNode::Kind::map);
      put(*map, name, node_of(YamlNode::Kind::scalar, word));
      const Look look(path, map, shape);
      for (const std::string& more : names_of(shape)) {
        const bool is_new = std::find(before.begin(), before.end(), more) == before.end();
        if (is_new) survey_key(shape, path, more, Companion{name, word});
      }
    }
  }
}

void survey(SettingsShape& shape, const Path& path) {
  const auto list = node_of(YamlNode::Kind::list);
  list->items.push_back(node_of(YamlNode::Kind::scalar, kProbe));
  Look(path, node_of(YamlNode::Kind::scalar, kProbe), shape);
  Look(path, list, shape);
  Look(path, node_of(YamlNode::Kind::map), shape);
  if (shape.is_map) survey_keys(shape, path);
  if (shape.entry != nullptr) survey(*shape.entry, with_step(path, {Step::Kind::name, "name", {}}));
  if (shape.item != nullptr) survey(*shape.item, with_step(path, {Step::Kind::item, {}, {}}));
}

}  // namespace

SettingsShape survey_settings() {
  SettingsShape all;
  survey(all, {});
  return all;
}

}  // namespace poise::conf
