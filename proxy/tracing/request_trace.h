// The trace one request belongs to: its client's, where that peer is trusted, else one that begins
// here. Writes traceparent for each try, which is a span of its own. Lives in the exchange; draws
// from the worker's generator and allocates nothing but the field's text in the request's arena.
//
// Without a `tracing` section, traceparent and tracestate pass through untouched; the trace of a
// trusted peer is only known by its id, for the log.
#pragma once

#include <cstdint>

#include "proxy/base/random.h"
#include "proxy/http/message.h"
#include "proxy/tracing/trace_context.h"
#include "proxy/tracing/tracing_config.h"

namespace poise::tracing {

class RequestTrace {
 public:
  // Once, before the request is changed.
  void begin(const TracingConfig& config, http::RequestHead& head, bool is_peer_trusted,
             base::Random& random);

  // Before each try, counted from 1: the backend is to name this try's span as the parent of its
  // own.
  void tell_backend(http::RequestHead& head, std::uint32_t number_of_try);

  const TraceId& id() const { return id_; }
  bool is_sampled() const { return tells_ && sampled_; }
  SpanId parent() const { return parent_; }  // the client's; 0: none
  SpanId span() const { return span_; }      // of the whole request
  SpanId span_of_try(std::uint32_t number) const;

 private:
  TraceId id_;
  SpanId parent_ = 0;
  SpanId span_ = 0;
  char* text_ = nullptr;  // of the field, once it is there
  bool sampled_ = false;
  bool tells_ = false;  // the configuration wants it
};

}  // namespace poise::tracing
