// /etc/hosts: names that need no server. Read again when the file changed. Owned by the Resolver,
// on its loop's thread; the file is small and local, reading it does not count as waiting.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proxy/net/address.h"
#include "proxy/net/file_stamp.h"

namespace poise::net {

// By name, in lower case. Lines that say no address are passed over, as everybody does.
using HostTable = std::unordered_map<std::string, std::vector<Address>>;
HostTable parse_hosts(std::string_view text);

class HostsFile {
 public:
  explicit HostsFile(std::string path) : path_(std::move(path)) {}

  // Of both families, without ports; empty when it is not in the file.
  std::vector<Address> find(std::string_view name);

 private:
  std::string path_;
  FileStamp stamp_;
  HostTable table_;
};

}  // namespace poise::net
