#include "proxy/net/hosts_file.h"

#include <fstream>
#include <iterator>

#include "proxy/net/dns_message.h"

namespace poise::net {

namespace {

constexpr std::string_view kBlank = " \t\r";

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlank));
  line.remove_prefix(word.size());
  return word;
}

void add_line(std::string_view line, HostTable& table) {
  line = line.substr(0, line.find('#'));
  const auto address = Address::parse_ip(take_word(line), 0);
  if (!address) return;
  for (auto name = take_word(line); !name.empty(); name = take_word(line)) {
    table[canonical_name(name)].push_back(*address);
  }
}

}  // namespace

HostTable parse_hosts(std::string_view text) {
  HostTable table;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    add_line(line, table);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return table;
}

std::vector<Address> HostsFile::find(std::string_view name) {
  const FileStamp now = FileStamp::of(path_);
  if (now != stamp_) {
    stamp_ = now;
    std::ifstream file(path_, std::ios::binary);
    table_ = parse_hosts(std::string(std::istreambuf_iterator<char>(file), {}));
  }
  const auto found = table_.find(canonical_name(name));
  return found == table_.end() ? std::vector<Address>() : found->second;
}

}  // namespace poise::net
