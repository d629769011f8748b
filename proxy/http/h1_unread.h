// Received bytes that an HTTP/1 connection has not parsed yet: a few that wait for the end of the
// loop's batch, and what is left of a message that is not complete. Owned by its connection; a
// `Parse` gets all there is and returns how much of it is done with.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "proxy/base/bytes.h"
#include "proxy/net/loop.h"

namespace poise::http {

class H1Unread {
 public:
  bool empty() const { return batched_.empty() && rest_.empty(); }
  bool has_batched() const { return !batched_.empty(); }

  // True when they are kept for the batch's task, which then takes them; at most once a batch.
  bool batch(net::Loop& loop, base::Bytes received) {
    if (!batched_.empty()) return false;
    batched_ = loop.keep_for_batch(received);
    return !batched_.empty();
  }
  base::Bytes take_batched() { return std::exchange(batched_, {}); }

  // For later, behind what is left.
  void append(base::Bytes received) {
    rest_.erase(0, std::exchange(done_, 0));
    rest_.append(received);
  }

  template <class Parse>
  void parse(base::Bytes received, Parse parse) {
    if (!rest_.empty()) {
      append(received);
      return parse_rest(parse);
    }
    const std::size_t done = parse(received);
    if (done < received.size()) rest_ = received.substr(done);
  }

  // Nothing is moved: there may be thousands of requests in it.
  template <class Parse>
  void parse_rest(Parse parse) {
    std::string bytes = std::exchange(rest_, {});
    const std::size_t start = std::exchange(done_, 0);
    const std::size_t done = start + parse(base::Bytes(bytes).substr(start));
    if (done == bytes.size()) return;
    rest_ = std::move(bytes);
    done_ = done;
  }

  void clear() {
    batched_ = {};
    rest_.clear();
    done_ = 0;
  }

 private:
  base::Bytes batched_;
  std::string rest_;
  std::size_t done_ = 0;  // of rest_
};

}  // namespace poise::http
