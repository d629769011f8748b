#include "proxy/net/path_watch.h"

#include <filesystem>
#include <set>
#include <utility>

namespace poise::net {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as the kernel follows

bool is_visible(const fs::path& path) { return !path.filename().string().starts_with('.'); }

// The path with the first link on the way replaced by what it leads to; empty: there is none.
fs::path follow_first_link(const fs::path& path, std::set<std::string>& folders) {
  std::error_code error;
  fs::path walked;
  for (auto part = path.begin(); part != path.end(); ++part) {
    walked /= *part;
    if (!fs::is_symlink(walked, error)) continue;
    folders.insert(walked.parent_path().string());
    const fs::path target = fs::read_symlink(walked, error);
    fs::path next = target.is_absolute() ? target : walked.parent_path() / target;
    for (auto rest = std::next(part); rest != path.end(); ++rest) next /= *rest;
    return next.lexically_normal();
  }
  return {};
}

// Every folder in which a change of an entry may change what the path leads to.
void add_folders(const fs::path& start, std::set<std::string>& folders) {
  fs::path path = start;
  for (int links = 0; links < kMostLinks && !path.empty(); ++links) {
    folders.insert(path.parent_path().string());
    path = follow_first_link(path, folders);
  }
}

std::set<std::string> folders_along(const std::string& start) {
  std::set<std::string> folders;
  std::error_code error;
  const fs::path path = fs::absolute(start, error).lexically_normal();
  add_folders(path, folders);
  for (auto entry = fs::directory_iterator(path, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (is_visible(entry->path())) add_folders(entry->path(), folders);
  }
  return folders;
}

}  // namespace

PathStamp PathStamp::of(const std::string& path) {
  PathStamp stamp;
  std::error_code error;
  stamp.files_[path] = FileStamp::of(path);
  if (!fs::is_directory(path, error)) return stamp;
  stamp.files_.clear();
  for (auto entry = fs::directory_iterator(path, error);
       !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (is_visible(entry->path())) {
      stamp.files_[entry->path().string()] = FileStamp::of(entry->path().string());
    }
  }
  return stamp;
}

// The kernel's word on one folder. Outlives its watch until libuv has let go of it.
struct PathWatch::Ear {
  uv_fs_event_t handle{};
  PathWatch* owner = nullptr;

  static Ear* on(const std::string& folder, PathWatch& owner) {
    auto ear = std::make_unique<Ear>();
    ear->owner = &owner;
    ear->handle.data = ear.get();
    if (uv_fs_event_init(owner.loop_.uv(), &ear->handle) != 0) return nullptr;
    const auto heard = [](uv_fs_event_t* handle, const char*, int, int) {
      static_cast<Ear*>(handle->data)->owner->on_word();
    };
    Ear* made = ear.release();
    if (uv_fs_event_start(&made->handle, heard, folder.c_str(), 0) == 0) return made;
    close(made);
    return nullptr;
  }
  static void close(Ear* ear) {
    uv_close(reinterpret_cast<uv_handle_t*>(&ear->handle), [](uv_handle_t* handle) {
      const std::unique_ptr<Ear> owned(static_cast<Ear*>(handle->data));
    });
  }
};

PathWatch::PathWatch(Loop& loop, std::string path, PathStamp seen, std::function<void()> changed)
    : loop_(loop),
      path_(std::move(path)),
      told_(std::move(seen)),
      latest_(told_),
      changed_(std::move(changed)),
      timer_(base::Timer::calling<PathWatch, &PathWatch::look>(this)) {
  listen();
  loop_.read_now();
  look();
}

PathWatch::~PathWatch() {
  for (const auto& [folder, ear] : ears_) Ear::close(ear);
}

// Links may lead elsewhere than before.
void PathWatch::listen() {
  const auto folders = folders_along(path_);
  for (auto ear = ears_.begin(); ear != ears_.end();) {
    if (folders.count(ear->first) != 0) {
      ++ear;
      continue;
    }
    Ear::close(ear->second);
    ear = ears_.erase(ear);
  }
  for (const std::string& folder : folders) {
    if (ears_.count(folder) != 0) continue;
    if (Ear* ear = Ear::on(folder, *this)) ears_[folder] = ear;
  }
}

void PathWatch::on_word() {
  loop_.begin_callback();
  look();
  loop_.end_callback();
}

void PathWatch::look() {
  PathStamp now = PathStamp::of(path_);
  if (!(now == latest_)) {
    latest_ = std::move(now);
    since_ = loop_.now();
    listen();
  }
  if (latest_ == told_) return loop_.arm_in(timer_, kLook);
  if (loop_.now() - since_ < kQuiet) return loop_.arm(timer_, since_ + kQuiet);
  told_ = latest_;
  loop_.arm_in(timer_, kLook);
  changed_();
}

}  // namespace poise::net
