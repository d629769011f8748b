// Everything the access log says of one request or one session. The views belong to whoever fills
// it in and must live until the line is written. Plain data.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "proxy/base/bytes.h"
#include "proxy/base/clock.h"
#include "proxy/base/error.h"
#include "proxy/flight/try_record.h"

namespace poise::exchange {

// A phase that was not reached has no time, which is not the same as 0.
inline constexpr base::Duration kNotReached{-1};

struct AccessRecord {
  base::WallTime time{};  // of the end
  std::string_view id{};
  std::string_view trace_id{};
  std::string_view listener{};
  std::string_view route{};
  std::string_view pool{};
  std::string_view backend{};
  std::string_view client{};              // without the port
  std::string_view proto{};               // "http/1.1", "h2", "tcp"
  std::string_view tls{};                 // the version; empty: none
  std::string_view client_certificate{};  // its subject; empty: none
  std::string_view sni{};  // the name a TLS client asked for, where TLS passes through

  bool has_request = true;  // false for a TCP session: then the next five are left out
  std::string_view method{};
  std::string_view host{};
  std::string_view path{};
  std::string_view query{};
  int status = 0;  // 0: the client had none

  std::string_view referer{};  // these two only for the combined format
  std::string_view user_agent{};

  base::Cause cause = base::Cause::none;
  base::Phase phase = base::Phase::none;
  base::ByteCount bytes_in = 0;
  base::ByteCount bytes_out = 0;
  bool reused = false;
  std::string_view session{};       // "new", "kept" or "moved"; empty: the pool keeps nobody
  std::string_view session_home{};  // the backend whose cookie the client brought
  std::span<const flight::TryRecord> attempts{};

  base::Duration tls_time = kNotReached;
  base::Duration request_time = kNotReached;
  base::Duration queue_time = kNotReached;
  base::Duration connect_time = kNotReached;
  base::Duration wait_time = kNotReached;
  base::Duration total_time = kNotReached;
  base::Duration self_time = kNotReached;
};

}  // namespace poise::exchange
