#include "proxy/admin/endpoint.h"

#include "proxy/admin/url_text.h"

namespace poise::admin {

std::string_view Request::field(std::string_view name) const {
  const http::Field* field = head.fields.find(name);
  return field == nullptr ? std::string_view() : field->value;
}

std::optional<std::string> Request::query(std::string_view name) const {
  auto all = queries(name);
  return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

std::vector<std::string> Request::queries(std::string_view name) const {
  return query_parameters(head.query, name);
}

}  // namespace poise::admin
