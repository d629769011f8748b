// Death in one place: an object that ends inside its own callback is unlinked by its owner and
// given to the loop's DeferredList, which destroys it at the end of the loop turn.
#pragma once

#include <memory>
#include <utility>
#include <vector>

namespace poise::base {

class Deferred {
 public:
  Deferred() = default;
  Deferred(const Deferred&) = delete;
  Deferred& operator=(const Deferred&) = delete;
  virtual ~Deferred() = default;
};

class DeferredList {
 public:
  void add(std::unique_ptr<Deferred> object) {
    if (object != nullptr) waiting_.push_back(std::move(object));
  }

  // Destructors may defer more: those go too.
  void destroy_all() {
    while (!waiting_.empty()) {
      dying_.swap(waiting_);
      dying_.clear();
    }
  }

  bool empty() const { return waiting_.empty(); }

 private:
  std::vector<std::unique_ptr<Deferred>> waiting_;
  std::vector<std::unique_ptr<Deferred>> dying_;
};

}  // namespace poise::base
