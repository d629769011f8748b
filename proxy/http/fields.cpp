#include "proxy/http/fields.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace poise::http {
namespace {

struct Known {
  std::string_view name;
  FieldId id;
};

constexpr std::array<Known, 27> kKnown{{
    {"te", FieldId::te},
    {"age", FieldId::age},
    {"via", FieldId::via},
    {"date", FieldId::date},
    {"host", FieldId::host},
    {"cookie", FieldId::cookie},
    {"expect", FieldId::expect},
    {"server", FieldId::server},
    {"referer", FieldId::referer},
    {"trailer", FieldId::trailer},
    {"upgrade", FieldId::upgrade},
    {"location", FieldId::location},
    {"forwarded", FieldId::forwarded},
    {"connection", FieldId::connection},
    {"keep-alive", FieldId::keep_alive},
    {"user-agent", FieldId::user_agent},
    {"retry-after", FieldId::retry_after},
    {"content-type", FieldId::content_type},
    {"proxy-status", FieldId::proxy_status},
    {"content-length", FieldId::content_length},
    {"x-forwarded-for", FieldId::x_forwarded_for},
    {"proxy-connection", FieldId::proxy_connection},
    {"x-forwarded-host", FieldId::x_forwarded_host},
    {"transfer-encoding", FieldId::transfer_encoding},
    {"x-forwarded-proto", FieldId::x_forwarded_proto},
    {"proxy-authenticate", FieldId::proxy_authenticate},
    {"proxy-authorization", FieldId::proxy_authorization},
}};

constexpr std::size_t kLongest = 19;

// kKnown is sorted by length: where each length begins.
constexpr std::array<std::uint8_t, kLongest + 2> starts_by_length() {
  std::array<std::uint8_t, kLongest + 2> starts{};
  for (std::size_t length = 0; length < starts.size(); ++length) {
    std::uint8_t first = 0;
    while (first < kKnown.size() && kKnown[first].name.size() < length) ++first;
    starts[length] = first;
  }
  return starts;
}
constexpr auto kStarts = starts_by_length();

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

FieldId field_id_of(std::string_view name) {
  if (name.empty() || name.size() > kLongest) return FieldId::other;
  const char first = lower(name[0]);
  for (std::size_t i = kStarts[name.size()]; i < kStarts[name.size() + 1]; ++i) {
    if (kKnown[i].name[0] == first && equal_ignoring_case(kKnown[i].name, name)) {
      return kKnown[i].id;
    }
  }
  return FieldId::other;
}

void Fields::add(base::Arena& arena, Field field) {
  if (size_ == capacity_) {
    const std::uint32_t capacity = capacity_ == 0 ? 24 : capacity_ * 2;
    auto* items = static_cast<Field*>(arena.allocate(capacity * sizeof(Field), alignof(Field)));
    if (size_ != 0) std::memcpy(static_cast<void*>(items), items_, size_ * sizeof(Field));
    items_ = items;
    capacity_ = capacity;
  }
  items_[size_++] = field;
}

const Field* Fields::find(FieldId id) const {
  for (const Field& field : all()) {
    if (field.id == id) return &field;
  }
  return nullptr;
}

const Field* Fields::find(std::string_view name) const {
  for (const Field& field : all()) {
    if (equal_ignoring_case(field.name, name)) return &field;
  }
  return nullptr;
}

}  // namespace poise::http
