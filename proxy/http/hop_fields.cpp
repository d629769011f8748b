#include "proxy/http/hop_fields.h"

#include <array>

#include "proxy/http/validate.h"

namespace poise::http {
namespace {

bool is_hop_field(FieldId id) {
  switch (id) {
    case FieldId::connection:
    case FieldId::content_length:
    case FieldId::expect:
    case FieldId::host:
    case FieldId::keep_alive:
    case FieldId::proxy_authenticate:
    case FieldId::proxy_authorization:
    case FieldId::proxy_connection:
    case FieldId::te:
    case FieldId::transfer_encoding:
    case FieldId::upgrade:
      return true;
    default:
      return false;
  }
}

bool is_plain_option(std::string_view option) {
  return equal_ignoring_case(option, "close") || equal_ignoring_case(option, "keep-alive") ||
         equal_ignoring_case(option, "upgrade");
}

// Each named field is searched once: bounded by the bytes and fields a head may have.
void remove_named(Fields& fields, std::string_view connection) {
  for_each_element(connection, [&](std::string_view option) {
    if (is_plain_option(option)) return;
    fields.remove_if([&](const Field& field) {
      return field.id != FieldId::connection && equal_ignoring_case(field.name, option);
    });
  });
}

}  // namespace

void remove_hop_fields(Fields& fields) {
  // remove_named moves fields to the front, so the values are noted first.
  std::array<std::string_view, 8> connections;
  std::size_t count = 0;
  for (const Field& field : fields.all()) {
    if (field.id == FieldId::connection && count < connections.size()) {
      connections[count++] = field.value;
    }
  }
  fields.remove_if([](const Field& field) { return is_hop_field(field.id); });
  for (std::size_t i = 0; i < count; ++i) remove_named(fields, connections[i]);
}

}  // namespace poise::http
