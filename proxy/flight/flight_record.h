// Everything the flight recorder tells of one request or session: what it was, what it came to, and
// when each thing happened. Owns its text. What a client sent is cut to what a person reads, so a
// record's size is bounded: by these limits, by the names in the configuration and by the number of
// tries. Constant once it is kept; shared with whoever asks for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/flight/try_record.h"

namespace poise::flight {

inline constexpr std::size_t kMostMethod = 32;
inline constexpr std::size_t kMostHost = 256;
inline constexpr std::size_t kMostPath = 1024;
inline constexpr std::size_t kMostTries = 8;  // kept of a request: the first ones and the last

enum class Kind : std::uint8_t { failed, slow };

struct FlightRecord {
  Kind kind = Kind::failed;
  bool is_session = false;  // of TCP: then method, host, path are empty
  std::uint64_t id = 0;     // as in the access log
  std::string trace_id{};
  base::WallTime at{};  // of its end
  std::string listener{};
  std::string route{};
  std::string pool{};
  std::string backend{};  // tried last
  std::string client{};
  std::string method{};
  std::string host{};
  std::string path{};
  int status = 0;
  base::Error error{};

  base::MonotonicTime accepted{};   // zero: not known
  std::uint32_t nth_request = 0;    // on its connection, from 1; 0: not known
  base::MonotonicTime tls_done{};   // zero: no TLS
  base::MonotonicTime started{};    // first byte of the request; all below is told from here
  base::MonotonicTime head_done{};  // zero: it never had a whole head
  base::MonotonicTime ended{};
  base::Duration slowness{0};  // what it is judged by: not the length of a session or a tunnel
  std::size_t tries_made = 0;
  std::vector<TryRecord> tries{};

  base::Duration duration() const { return ended - started; }
};

using RecordPtr = std::shared_ptr<const FlightRecord>;

inline std::string cut(std::string_view text, std::size_t most) {
  return std::string(text.substr(0, most));
}

// At most kMostTries of them.
void keep_tries(FlightRecord& record, const std::vector<TryRecord>& tries);

// What a search asks for; empty and 0 are "any".
struct Query {
  std::string cause{};  // a cause's word, or "slow"
  std::string backend{};
  std::size_t limit = 256;
};
bool fits(const FlightRecord& record, const Query& query);

}  // namespace poise::flight
