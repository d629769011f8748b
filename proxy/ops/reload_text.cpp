#include "proxy/ops/reload_text.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace poise::ops {
namespace {

using nlohmann::json;

std::string text_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string number_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned()
             ? std::to_string(found->get<unsigned>())
             : std::string();
}

json list_in(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : json::array();
}

std::string error_line(const json& error, std::string_view file) {
  const std::string message = text_in(error, "message");
  const std::string line = number_in(error, "line");
  if (line.empty()) return "poise: " + message;
  const std::string name = file.empty() ? text_in(error, "file") : std::string(file);
  return name + ":" + line + ":" + number_in(error, "column") + ": error: " + message;
}

}  // namespace

ReloadText reload_text(const AdminReply& reply, std::string_view file) {
  ReloadText text;
  const json answer = reply.json();
  if (!answer.is_object()) return text;
  for (const json& change : list_in(answer, "changes")) {
    if (change.is_string()) text.changes.push_back(change.get<std::string>());
  }
  for (const json& error : list_in(answer, "errors")) {
    if (error.is_object()) text.errors.push_back(error_line(error, file));
  }
  if (reply.ok() && text.changes.empty()) text.changes.emplace_back("nothing changes");
  const std::string fault = text_in(answer, "error");
  if (!fault.empty()) text.errors.push_back("poise: " + fault);
  return text;
}

int print_reload(const AdminReply& reply, std::string_view file) {
  const ReloadText text = reload_text(reply, file);
  for (const std::string& line : text.changes) std::printf("%s\n", line.c_str());
  for (const std::string& line : text.errors) std::fprintf(stderr, "%s\n", line.c_str());
  if (reply.ok()) return 0;
  if (!text.errors.empty()) return kRequestFault;
  return report({kEnvironmentFault, "the admin answered " + std::to_string(reply.status)});
}

}  // namespace poise::ops
