#include "proxy/net/folder_watch.h"

#include <uv.h>

#include <algorithm>

#include "proxy/base/check.h"

namespace poise::net {

// Outlives its FolderWatch until libuv has let go of it.
struct FolderWatch::Watch {
  uv_fs_event_t handle{};
  FolderWatch* owner = nullptr;
  std::string folder;
};

FolderWatch::~FolderWatch() {
  for (Watch* watch : watches_) close(watch);
}

void FolderWatch::follow(const std::set<std::string>& folders) {
  const auto gone = std::partition(watches_.begin(), watches_.end(), [&](const Watch* watch) {
    return folders.count(watch->folder) != 0;
  });
  std::for_each(gone, watches_.end(), [this](Watch* watch) { close(watch); });
  watches_.erase(gone, watches_.end());
  for (const std::string& folder : folders) {
    const bool known = std::any_of(watches_.begin(), watches_.end(),
                                   [&](const Watch* watch) { return watch->folder == folder; });
    if (!known) add(folder);
  }
}

void FolderWatch::add(const std::string& folder) {
  auto watch = std::make_unique<Watch>();
  watch->owner = this;
  watch->folder = folder;
  watch->handle.data = watch.get();
  POISE_CHECK(uv_fs_event_init(loop_.uv(), &watch->handle) == 0);
  const int status = uv_fs_event_start(
      &watch->handle,
      [](uv_fs_event_t* handle, const char*, int, int) {
        FolderWatch* owner = static_cast<Watch*>(handle->data)->owner;
        if (owner == nullptr) return;
        owner->loop_.begin_callback();
        owner->on_change_();
        owner->loop_.end_callback();
      },
      folder.c_str(), 0);
  Watch* made = watch.release();
  if (status != 0) return close(made);
  watches_.push_back(made);
}

void FolderWatch::close(Watch* watch) {
  watch->owner = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&watch->handle), [](uv_handle_t* handle) {
    const std::unique_ptr<Watch> owned(static_cast<Watch*>(handle->data));
  });
}

}  // namespace poise::net
