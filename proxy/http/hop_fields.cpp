#include "proxy/http/hop_fields.h"

#include <array>
#include <cstdint>
#include <span>

#include "proxy/http/validate.h"

namespace poise::http {
namespace {

constexpr std::uint32_t bit_of(FieldId id) { return std::uint32_t{1} << static_cast<int>(id); }

constexpr std::uint32_t kHopFields =
    bit_of(FieldId::connection) | bit_of(FieldId::content_length) | bit_of(FieldId::expect) |
    bit_of(FieldId::host) | bit_of(FieldId::keep_alive) | bit_of(FieldId::proxy_authenticate) |
    bit_of(FieldId::proxy_authorization) | bit_of(FieldId::proxy_connection) | bit_of(FieldId::te) |
    bit_of(FieldId::transfer_encoding) | bit_of(FieldId::upgrade);

bool is_hop_field(FieldId id) { return (kHopFields & bit_of(id)) != 0; }

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
constexpr std::size_t kNoted = 8;

std::size_t take_hop_fields(Fields& fields, std::span<std::string_view, kNoted> connections) {
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
  std::array<std::string_view, kNoted> connections;
  std::size_t count = kNoted;
  while (count == kNoted) {
    count = take_hop_fields(fields, connections);
    for (std::size_t i = 0; i < count; ++i) remove_named(fields, connections[i]);
  }
}

}  // namespace poise::http
