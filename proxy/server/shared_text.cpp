#include "proxy/server/shared_text.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace poise::server {
namespace {

constexpr off_t kLongest = off_t{1} << 28;

}  // namespace

net::Fd new_shared_text() { return net::Fd(::memfd_create("poise-upgrade", MFD_CLOEXEC)); }

bool write_text(const net::Fd& file, std::string_view text) {
  if (::ftruncate(file.get(), 0) != 0) return false;
  off_t place = 0;
  while (!text.empty()) {
    const ssize_t written = ::pwrite(file.get(), text.data(), text.size(), place);
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
    place += written;
  }
  return true;
}

std::string text_in(const net::Fd& file) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0 || status.st_size > kLongest) return {};
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t taken =
        ::pread(file.get(), text.data() + have, text.size() - have, static_cast<off_t>(have));
    if (taken <= 0) return {};
    have += static_cast<std::size_t>(taken);
  }
  return text;
}

}  // namespace poise::server
