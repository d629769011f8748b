// Tells when something in one of several folders changes: a file written, renamed, linked. By
// inotify, through libuv; a folder that cannot be watched (it is not there yet, or the limit of the
// system is reached) is left to whoever looks from time to time anyway. Owned by its user, on its
// loop; does not say what changed.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "proxy/net/loop.h"

namespace poise::net {

class FolderWatch {
 public:
  FolderWatch(Loop& loop, std::function<void()> on_change)
      : loop_(loop), on_change_(std::move(on_change)) {}
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  // These and no others from now on.
  void follow(const std::set<std::string>& folders);

 private:
  struct Watch;
  void add(const std::string& folder);
  void close(Watch* watch);

  Loop& loop_;
  std::function<void()> on_change_;
  std::vector<Watch*> watches_;
};

}  // namespace poise::net
