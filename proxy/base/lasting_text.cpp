#include "proxy/base/lasting_text.h"

#include <mutex>
#include <set>
#include <string>

namespace poise::base {
namespace {

constexpr std::size_t kMostTexts = 512;

}  // namespace

const char* lasting_text(std::string_view text) {
  static std::mutex mutex;
  static std::set<std::string, std::less<>> texts;  // a set's elements never move
  const std::lock_guard lock(mutex);
  const auto known = texts.find(text);
  if (known != texts.end()) return known->c_str();
  if (texts.size() >= kMostTexts) return "not kept: too many different messages";
  return texts.emplace(text).first->c_str();
}

}  // namespace poise::base
