#include "proxy/net/dns_message.h"

#include <algorithm>
#include <cstring>

namespace poise::net {

namespace {

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kMostNameBytes = 255;
constexpr int kMostPointers = 64;
constexpr int kMostAliases = 16;
constexpr std::uint16_t kInternet = 1;
constexpr std::uint16_t kAlias = 5;  // CNAME

// Reads from a place in the message; once something does not fit, everything after fails too.
class Reader {
 public:
  Reader(Bytes message, std::size_t at) : message_(message), at_(at) {}

  bool ok() const { return ok_; }
  std::size_t at() const { return at_; }

  std::uint8_t byte() {
    if (!take(1)) return 0;
    return message_[at_ - 1];
  }
  std::uint16_t two() {
    if (!take(2)) return 0;
    return static_cast<std::uint16_t>(message_[at_ - 2] << 8 | message_[at_ - 1]);
  }
  std::uint32_t four() {
    const std::uint32_t high = two();
    return high << 16 | two();
  }
  void skip(std::size_t count) { (void)take(count); }
  std::string name();

 private:
  bool take(std::size_t count) {
    ok_ = ok_ && count <= message_.size() - at_;
    if (ok_) at_ += count;
    return ok_;
  }
  void fail() { ok_ = false; }
  void add_label(std::string& name, std::uint8_t length);

  Bytes message_;
  std::size_t at_;
  bool ok_ = true;
};

// A dot within a label would make two different names look the same.
void Reader::add_label(std::string& name, std::uint8_t length) {
  if (!name.empty()) name += '.';
  for (; length > 0; --length) {
    const char c = to_lower(static_cast<char>(byte()));
    if (c == '.' || c == '\0') fail();
    name += c;
  }
  if (name.size() > kMostNameBytes) fail();
}

// A pointer leads to where the rest of the name stands (RFC 1035 4.1.4). Following a bounded number
// of them ends every circle.
std::string Reader::name() {
  std::string name;
  std::size_t resume = 0;
  int pointers = 0;
  while (ok_) {
    const std::uint8_t length = byte();
    if (length == 0) break;
    if (length < 0x40) {
      add_label(name, length);
      continue;
    }
    const std::size_t target = std::size_t{length & 0x3fU} << 8 | byte();
    if (length < 0xc0 || ++pointers > kMostPointers || target >= message_.size()) fail();
    if (!ok_) break;
    if (resume == 0) resume = at_;
    at_ = target;
  }
  if (resume != 0) at_ = resume;
  return name;
}

struct Record {
  std::string owner;
  std::uint16_t type = 0;
  std::uint16_t of_class = 0;
  std::uint32_t ttl = 0;
  std::size_t begin = 0;  // of its data
  std::size_t length = 0;
};

Record read_record(Reader& reader) {
  Record record;
  record.owner = reader.name();
  record.type = reader.two();
  record.of_class = reader.two();
  record.ttl = reader.four();
  record.length = reader.two();
  record.begin = reader.at();
  reader.skip(record.length);
  // The top bit is to be taken for zero (RFC 2181 8).
  if (record.ttl > 0x7fffffff) record.ttl = 0;
  return record;
}

struct Message {
  std::string question;
  std::vector<Record> answers;
  std::vector<Record> authorities;  // not used, but in the way
  std::vector<Record> additional;
};

bool read_section(Reader& reader, std::uint16_t count, std::vector<Record>& records) {
  for (; count > 0 && reader.ok(); --count) {
    Record record = read_record(reader);
    if (reader.ok() && record.of_class == kInternet) records.push_back(std::move(record));
  }
  return reader.ok();
}

std::optional<Message> read_message(Bytes bytes) {
  if (bytes.size() < kHeaderBytes) return std::nullopt;
  Reader reader(bytes, 4);
  if (reader.two() != 1) return std::nullopt;
  const std::uint16_t answers = reader.two();
  const std::uint16_t authorities = reader.two();
  const std::uint16_t additional = reader.two();
  Message message;
  message.question = reader.name();
  reader.skip(4);
  const bool complete = read_section(reader, answers, message.answers) &&
                        read_section(reader, authorities, message.authorities) &&
                        read_section(reader, additional, message.additional);
  if (!complete) return std::nullopt;
  return message;
}

std::optional<Address> address_in(Bytes bytes, const Record& record) {
  if (record.type == static_cast<std::uint16_t>(RecordType::a) && record.length == 4) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    std::memcpy(&v4.sin_addr, &bytes[record.begin], 4);
    return Address(reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
  }
  if (record.type == static_cast<std::uint16_t>(RecordType::aaaa) && record.length == 16) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    std::memcpy(&v6.sin6_addr, &bytes[record.begin], 16);
    return Address(reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
  }
  return std::nullopt;
}

class AnswerReader {
 public:
  AnswerReader(Bytes bytes, RecordType type) : bytes_(bytes), type_(type) {}

  std::optional<DnsAnswer> read(const Message& message) {
    const std::string owner = follow_aliases(message);
    for (const Record& record : message.answers) {
      if (record.type != static_cast<std::uint16_t>(type_) || record.owner != owner) continue;
      if (!add(record)) return std::nullopt;
    }
    if (type_ == RecordType::srv) add_hosts(message);
    return std::move(answer_);
  }

 private:
  void limit_ttl(std::uint32_t seconds) {
    answer_.ttl = std::min(answer_.ttl, std::chrono::seconds(seconds));
  }

  std::string follow_aliases(const Message& message) {
    std::string name = message.question;
    for (int hops = 0; hops < kMostAliases; ++hops) {
      const auto alias = std::find_if(
          message.answers.begin(), message.answers.end(),
          [&](const Record& record) { return record.type == kAlias && record.owner == name; });
      if (alias == message.answers.end()) break;
      limit_ttl(alias->ttl);
      name = Reader(bytes_, alias->begin).name();
    }
    return name;
  }

  bool add(const Record& record) {
    limit_ttl(record.ttl);
    if (type_ == RecordType::srv) return add_service(record);
    const auto address = address_in(bytes_, record);
    if (address) answer_.addresses.push_back(*address);
    return address.has_value();
  }

  bool add_service(const Record& record) {
    Reader reader(bytes_, record.begin);
    ServiceRecord service;
    service.priority = reader.two();
    service.weight = reader.two();
    service.port = reader.two();
    service.target = reader.name();
    if (!reader.ok() || reader.at() != record.begin + record.length) return false;
    answer_.services.push_back(std::move(service));
    return true;
  }

  void add_hosts(const Message& message) {
    for (const Record& record : message.additional) {
      const auto address = address_in(bytes_, record);
      const bool is_target =
          std::any_of(answer_.services.begin(), answer_.services.end(),
                      [&](const ServiceRecord& service) { return service.target == record.owner; });
      if (!address || !is_target) continue;
      limit_ttl(record.ttl);
      answer_.additional.push_back({record.owner, *address});
    }
  }

  Bytes bytes_;
  RecordType type_;
  DnsAnswer answer_;
};

}  // namespace

std::optional<DnsAnswer> parse_dns_answer(std::span<const std::uint8_t> message, RecordType type) {
  const auto read = read_message(message);
  if (!read) return std::nullopt;
  return AnswerReader(message, type).read(*read);
}

std::string canonical_name(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  return lower;
}

}  // namespace poise::net
