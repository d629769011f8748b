// Tells whether a file changed since it was looked at: its inode, size and time of change. A value;
// does not open the file.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace poise::net {

struct FileStamp {
  std::uint64_t inode = 0;
  std::int64_t size = -1;  // -1: there is no file
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;

  static FileStamp of(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {};
    return {status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
  }
  bool operator==(const FileStamp&) const = default;
};

}  // namespace poise::net
