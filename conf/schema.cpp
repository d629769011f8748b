#include "conf/schema.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "conf/settings_shape.h"

namespace poise::conf {
namespace {

using json = nlohmann::ordered_json;

json any_of(json alternatives) {
  return alternatives.size() == 1 ? alternatives[0] : json{{"anyOf", std::move(alternatives)}};
}

json reference(const char* name) { return {{"$ref", std::string("#/definitions/") + name}}; }

// A variable may stand in any scalar.
json definitions() {
  const json variable{{"type", "string"}, {"pattern", "\\$\\{"}};
  const auto one_of = [&](json form) {
    return json{{"anyOf", json::array({std::move(form), variable})}};
  };
  const auto text_like = [&](const char* pattern) {
    return json{{"anyOf", json::array({{{"type", "string"}, {"pattern", pattern}},
                                       {{"type", "integer"}, {"minimum", 0}},
                                       variable})}};
  };
  return {
      {"variable", variable},
      {"text", {{"type", json::array({"string", "number", "boolean"})}}},
      {"truth",
       one_of({{"enum", json::array({true, false, "true", "yes", "on", "false", "no", "off"})}})},
      {"duration", text_like("^0$|^([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$")},
      {"size", text_like("^[0-9]+ ?(B|KB|KiB|MB|MiB|GB|GiB)?$")},
      {"share", text_like("^0$|^[0-9]+(\\.[0-9]+)?%$")},
      {"decimal", one_of({{"type", "number"}, {"minimum", 0}})},
  };
}

json whole(const SettingsShape& shape) {
  const json number{{"type", "integer"}, {"minimum", shape.least}, {"maximum", shape.most}};
  return {{"anyOf", json::array({number, reference("variable")})}};
}

json of_type(ValueType type, const SettingsShape& shape) {
  switch (type) {
    case ValueType::text:
      return reference("text");
    case ValueType::truth:
      return reference("truth");
    case ValueType::whole:
      return whole(shape);
    case ValueType::size:
      return reference("size");
    case ValueType::duration:
      return reference("duration");
    case ValueType::share:
      return reference("share");
    case ValueType::decimal:
      return reference("decimal");
  }
  return json::object();
}

json words_of(const SettingsShape& shape) {
  json words = shape.words;
  // As YAML reads it.
  if (std::find(shape.words.begin(), shape.words.end(), "off") != shape.words.end()) {
    words.push_back(false);
  }
  return {{"enum", std::move(words)}};
}

json schema_of(const SettingsShape& shape);

json map_of(const SettingsShape& shape) {
  json properties = json::object();
  for (const auto& [name, key] : shape.keys) {
    if (!key->is_unsupported || !key->words.empty()) properties[name] = schema_of(*key);
  }
  return {
      {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

// Left empty, a setting is as if it were not there.
json schema_of(const SettingsShape& shape) {
  if (!shape.is_known()) return json::object();
  json forms = json::array();
  if (shape.words.empty()) {
    for (const ValueType type : shape.types) forms.push_back(of_type(type, shape));
  } else {
    forms.push_back(words_of(shape));
    forms.push_back(reference("variable"));
  }
  if (shape.is_map) forms.push_back(map_of(shape));
  if (shape.entry != nullptr) {
    forms.push_back({{"type", "object"}, {"additionalProperties", schema_of(*shape.entry)}});
  }
  if (shape.item != nullptr) {
    forms.push_back({{"type", "array"}, {"items", schema_of(*shape.item)}});
  }
  forms.push_back({{"type", "null"}});
  return any_of(std::move(forms));
}

}  // namespace

std::string schema_text() {
  const SettingsShape all = survey_settings();
  json schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "poise configuration"}};
  schema.update(map_of(all));
  schema["required"] = json::array({"listeners"});
  schema["definitions"] = definitions();
  return schema.dump(2) + "\n";
}

}  // namespace poise::conf
