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

// remove_named moves fields to the front, so some values of Connection are noted first.
using Noted = std::array<std::string_view, 8>;

std::size_t take_hop_fields(Fields& fields, Noted& connections) {
  std::size_t count = 0;
  fields.remove_if([&](const Field& field) {
    if (field.id != FieldId::connection) return is_hop_field(field.id);
    if (count == connections.size()) return false;
    connections[count++] = field.value;
    return true;
  });
  return count;
}

}  // namespace

void remove_hop_fields(Fields& fields) {
  Noted connections;
  std::size_t count = connections.size();
  while (count == connections.size()) {
    count = take_hop_fields(fields, connections);
    for (std::size_t i = 0; i < count; ++i) remove_named(fields, connections[i]);
  }
}

}  // namespace poise::http
