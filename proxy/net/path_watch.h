// Tells when a file, or the visible files of a folder, are others than before and have been left
// alone for a moment, so that what is being written is not read half. Symbolic links are followed
// at each look: Kubernetes swaps one (..data) to change a mounted volume. The kernel's word
// (uv_fs_event) on the folders along the way makes it quick; a look every other second makes it
// certain, also where the kernel tells nothing, as on network file systems. On one loop.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "proxy/net/file_stamp.h"
#include "proxy/net/loop.h"

namespace poise::net {

// What a path leads to right now. Two that are equal lead to the same bytes, as far as inode, size
// and time tell.
class PathStamp {
 public:
  static PathStamp of(const std::string& path);
  bool operator==(const PathStamp&) const = default;

 private:
  std::map<std::string, FileStamp> files_;
};

class PathWatch {
 public:
  static constexpr base::Duration kLook = std::chrono::seconds(2);
  static constexpr base::Duration kQuiet = std::chrono::milliseconds(250);

  // `seen` is what the caller knows already, taken before it was read; `changed` is called from the
  // loop. `loop` outlives it.
  PathWatch(Loop& loop, std::string path, PathStamp seen, std::function<void()> changed);
  ~PathWatch();
  PathWatch(const PathWatch&) = delete;
  PathWatch& operator=(const PathWatch&) = delete;

 private:
  struct Ear;

  void listen();
  void on_word();
  void look();

  Loop& loop_;
  std::string path_;
  PathStamp told_;    // of last
  PathStamp latest_;  // and since when it is so
  base::MonotonicTime since_{};
  std::function<void()> changed_;
  std::map<std::string, Ear*> ears_;  // by folder
  base::Timer timer_;
};

}  // namespace poise::net
