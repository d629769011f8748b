#include "proxy/server/listener_match.h"

#include <algorithm>
#include <set>

namespace poise::server {
namespace {

using conf::ListenerConfig;

class Matching {
 public:
  Matching(const std::vector<OpenListener>& open, const std::vector<ListenerConfig>& wanted)
      : open_(open), wanted_(wanted), matches_(wanted.size()) {}

  std::vector<ListenerMatch> find() {
    match_by([](const OpenListener& open, const ListenerConfig& wanted) {
      return open.name == wanted.name;
    });
    match_by(share_address);
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      matches_[i].sockets.resize(wanted_[i].bind.size());
    }
    // A listener's own sockets first: several may ask for port 0.
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (matches_[i].listener != nullptr) take_sockets(i, *matches_[i].listener);
    }
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      for (const OpenListener& listener : open_) take_sockets(i, listener);
    }
    return std::move(matches_);
  }

 private:
  static bool share_address(const OpenListener& open, const ListenerConfig& wanted) {
    return std::any_of(open.sockets.begin(), open.sockets.end(), [&](const OpenSocket& socket) {
      return std::find(wanted.bind.begin(), wanted.bind.end(), socket.asked) != wanted.bind.end();
    });
  }

  template <class Fits>
  void match_by(Fits fits) {
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      if (matches_[i].listener != nullptr) continue;
      for (const OpenListener& open : open_) {
        if (open.protocol != wanted_[i].protocol || !fits(open, wanted_[i])) continue;
        if (!taken_.insert(&open).second) continue;
        matches_[i].listener = &open;
        break;
      }
    }
  }

  void take_sockets(std::size_t index, const OpenListener& listener) {
    for (std::size_t k = 0; k < wanted_[index].bind.size(); ++k) {
      const OpenSocket*& found = matches_[index].sockets[k];
      for (const OpenSocket& socket : listener.sockets) {
        if (found != nullptr) break;
        const bool fits = socket.asked == wanted_[index].bind[k];
        if (fits && taken_.insert(&socket).second) found = &socket;
      }
    }
  }

  const std::vector<OpenListener>& open_;
  const std::vector<ListenerConfig>& wanted_;
  std::vector<ListenerMatch> matches_;
  std::set<const void*> taken_;
};

}  // namespace

std::vector<ListenerMatch> match_listeners(const std::vector<OpenListener>& open,
                                           const std::vector<ListenerConfig>& wanted) {
  return Matching(open, wanted).find();
}

}  // namespace poise::server
