// One try of a request on one backend: plain data of the exchange that makes it.
#pragma once

#include "balancing/backend_mask.h"
#include "proxy/base/clock.h"
#include "proxy/http/stream.h"

namespace poise::exchange {

struct Attempt {
  balancing::BackendIndex backend = 0;
  bool counted = false;                                     // the selector was told that it started
  bool reused = false;                                      // went over a warm connection
  http::OutboundStream* stream = nullptr;                   // while it may be cancelled
  http::MessageSink<http::RequestHead>* request = nullptr;  // while it takes the request
  base::MonotonicTime picked{};
  base::MonotonicTime connecting{};  // when the connection began to open; zero: it was open
  base::MonotonicTime leased{};
  base::MonotonicTime first_byte{};
  base::ByteCount consumed = 0;  // request body bytes that have left on this try
};

}  // namespace poise::exchange
