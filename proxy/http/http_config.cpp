#include "proxy/http/http_config.h"

#include "conf/reader/yaml_reader.h"

namespace poise::http {

namespace {

// What bounds the memory of one request head can be set high but not switched off.
constexpr conf::Range<base::ByteCount> kHeaderBytes{256, base::ByteCount{16} << 20};
constexpr conf::Range<base::ByteCount> kUriBytes{64, base::ByteCount{1} << 20};
constexpr conf::Range<std::uint32_t> kHeaders{1, 10'000};

}  // namespace

LimitsConfig parse_limits(conf::YamlMap& node) {
  LimitsConfig limits;
  node.read("connections", limits.connections);
  node.read_size("header_bytes", limits.header_bytes, kHeaderBytes);
  node.read("headers", limits.headers, kHeaders);
  node.read_size("uri_bytes", limits.uri_bytes, kUriBytes);
  node.read_size("body_bytes", limits.body_bytes);
  node.read("requests_per_connection", limits.requests_per_connection);
  node.reject_unsupported("streams");
  return limits;
}

TimeoutsConfig parse_timeouts(conf::YamlMap& node) {
  TimeoutsConfig timeouts;
  node.read_duration("handshake", timeouts.handshake);
  node.read_duration("header", timeouts.header);
  node.read_duration("body_idle", timeouts.body_idle);
  node.read_duration("idle", timeouts.idle);
  node.read_duration("write_idle", timeouts.write_idle);
  node.read_duration("request", timeouts.request);
  return timeouts;
}

}  // namespace poise::http
