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

constexpr std::array<Known, 29> kKnown{{
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
    {"tracestate", FieldId::tracestate},
    {"connection", FieldId::connection},
    {"keep-alive", FieldId::keep_alive},
    {"user-agent", FieldId::user_agent},
    {"retry-after", FieldId::retry_after},
    {"traceparent", FieldId::traceparent},
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

constexpr std::size_t kShortest = 2;
constexpr std::size_t kLongest = 19;

// A name in small letters as words: its first eight bytes, the next eight, and its last eight,
// which overlap; a shorter one has one word, filled with zeros.
struct NameWords {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::uint64_t last = 0;
  bool operator==(const NameWords&) const = default;
};

constexpr std::uint64_t known_word(std::string_view text) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < text.size() && i < 8; ++i) {
    word |= std::uint64_t{static_cast<std::uint8_t>(text[i])} << (8 * i);
  }
  return word | 0x2020202020202020;
}

constexpr NameWords words_of_known(std::string_view name) {
  NameWords words{.first = known_word(name)};
  if (name.size() > 8) words.last = known_word(name.substr(name.size() - 8));
  if (name.size() > 16) words.second = known_word(name.substr(8));
  return words;
}

// In a token the bit makes capitals small and leaves digits and dashes alone; what else it changes
// becomes no known name.
constexpr std::uint64_t lowered(std::uint64_t word) { return word | 0x2020202020202020; }

NameWords words_of(std::string_view name) {
  const char* const text = name.data();
  const std::size_t size = name.size();
  if (size <= 8) return {.first = lowered(base::ascii::load_up_to8(text, size))};
  NameWords words{.first = lowered(base::ascii::load8(text)),
                  .last = lowered(base::ascii::load8(text + size - 8))};
  if (size > 16) words.second = lowered(base::ascii::load8(text + 8));
  return words;
}

// A perfect hash of the known names by length and two letters, so that any other name is told apart
// by one look and one comparison at most.
constexpr std::size_t kSlots = 64;
constexpr std::size_t slot_of(std::size_t size, char first, char last) {
  const auto a = static_cast<std::size_t>(first | 0x20);
  const auto z = static_cast<std::size_t>(last | 0x20);
  return (size + a * 28 + z * 46) % kSlots;
}

struct Slot {
  NameWords words;
  std::size_t size = 0;
  FieldId id = FieldId::other;
};

consteval std::array<Slot, kSlots> make_slots() {
  std::array<Slot, kSlots> slots{};
  for (const Known& known : kKnown) {
    Slot& slot = slots[slot_of(known.name.size(), known.name.front(), known.name.back())];
    if (slot.size != 0) throw "two known names in one slot: take other factors";
    slot = {words_of_known(known.name), known.name.size(), known.id};
  }
  return slots;
}
constexpr auto kKnownNames = make_slots();

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return base::ascii::equal_ignoring_case(a, b);
}

FieldId field_id_of(std::string_view name) {
  if (name.size() < kShortest || name.size() > kLongest) return FieldId::other;
  const Slot& slot = kKnownNames[slot_of(name.size(), name.front(), name.back())];
  if (slot.size != name.size()) return FieldId::other;
  return slot.words == words_of(name) ? slot.id : FieldId::other;
}

void Fields::grow(base::Arena& arena) {
  const std::uint32_t capacity = capacity_ == 0 ? 24 : capacity_ * 2;
  auto* items = static_cast<Field*>(arena.allocate(capacity * sizeof(Field), alignof(Field)));
  if (size_ != 0) std::memcpy(static_cast<void*>(items), items_, size_ * sizeof(Field));
  items_ = items;
  capacity_ = capacity;
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
