#include "proxy/http/fields.h"

#include <array>
#include <cstring>

#include "proxy/base/ascii.h"

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

// A name in small letters as words, the last one filled with zeros: three hold the longest.
using NameWords = std::array<std::uint64_t, 3>;

constexpr NameWords words_of_known(std::string_view name) {
  NameWords words{};
  for (std::size_t i = 0; i < name.size(); ++i) {
    words[i / 8] |= std::uint64_t{static_cast<std::uint8_t>(name[i])} << (8 * (i % 8));
  }
  return words;
}

constexpr std::array<NameWords, kKnown.size()> all_known_words() {
  std::array<NameWords, kKnown.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = words_of_known(kKnown[i].name);
  return all;
}
constexpr auto kKnownWords = all_known_words();

NameWords words_of(std::string_view name) {
  NameWords words{};
  for (std::size_t i = 0; i * 8 < name.size(); ++i) {
    const std::size_t left = name.size() - i * 8;
    words[i] = base::ascii::lowered(base::ascii::load_up_to8(name.data() + i * 8, left));
  }
  return words;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return base::ascii::equal_ignoring_case(a, b);
}

FieldId field_id_of(std::string_view name) {
  if (name.empty() || name.size() > kLongest) return FieldId::other;
  const NameWords words = words_of(name);
  for (std::size_t i = kStarts[name.size()]; i < kStarts[name.size() + 1]; ++i) {
    if (kKnownWords[i] == words) return kKnown[i].id;
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
