// The list of header or trailer fields of one message, in order, as views. The text and the list
// itself live in the message's Arena (or, for text, wherever whoever adds a field says); a Fields
// is cheap to move and is never shared. Names known to poise carry an id, so that nobody compares
// strings twice. Names are compared without case (RFC 9110 section 5.1).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "proxy/base/arena.h"

namespace poise::http {

enum class FieldId : std::uint8_t {
  other,
  age,
  connection,
  content_length,
  content_type,
  cookie,
  date,
  expect,
  forwarded,
  host,
  keep_alive,
  location,
  proxy_authenticate,
  proxy_authorization,
  proxy_connection,
  proxy_status,
  referer,
  retry_after,
  server,
  te,
  traceparent,
  tracestate,
  trailer,
  transfer_encoding,
  upgrade,
  user_agent,
  via,
  x_forwarded_for,
  x_forwarded_host,
  x_forwarded_proto,
};

// Without case. Requires: `name` is a token, or at least without control characters.
FieldId field_id_of(std::string_view name);

struct Field {
  std::string_view name;
  std::string_view value;
  FieldId id = FieldId::other;
};

class Fields {
 public:
  void add(base::Arena& arena, const Field& field) {
    if (size_ == capacity_) grow(arena);
    items_[size_++] = field;
  }
  void add(base::Arena& arena, std::string_view name, std::string_view value) {
    add(arena, Field{name, value, field_id_of(name)});
  }
  void clear() { size_ = 0; }

  template <class Predicate>
  void remove_if(Predicate predicate) {
    std::uint32_t kept = 0;
    while (kept < size_ && !predicate(items_[kept])) ++kept;
    for (std::uint32_t i = kept + 1; i < size_; ++i) {
      if (!predicate(items_[i])) items_[kept++] = items_[i];
    }
    size_ = kept;
  }

  // The first field of that kind; nullptr when there is none.
  const Field* find(FieldId id) const;
  const Field* find(std::string_view name) const;

  std::span<Field> all() { return {items_, size_}; }
  std::span<const Field> all() const { return {items_, size_}; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  void grow(base::Arena& arena);

  Field* items_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
};

// ASCII only, as all of HTTP's own words are.
bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace poise::http
