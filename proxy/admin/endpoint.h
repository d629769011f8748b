// What the admin answers: one Endpoint a method and path. Endpoints are plain functions on the
// control loop; they get the request whole, and a Reply to answer now or later. The list of them
// all is endpoints.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/admin/reply.h"
#include "proxy/http/message.h"

namespace poise::admin {

// Who may ask. Off loopback `reading` needs the token, which `changing` needs wherever there is
// one. `open` tells nothing of the configuration or its traffic: liveness, metrics, a page without
// data.
enum class Access { open, reading, changing };

// Valid during the call of the endpoint only.
struct Request {
  const http::RequestHead& head;
  std::vector<std::string> parameters;  // of the path, decoded, in their order
  std::string_view body;                // of a POST, at most kMostBody bytes

  // The field's value; empty where there is none.
  std::string_view field(std::string_view name) const;
  // The first query parameter of that name, decoded; nothing where there is none.
  std::optional<std::string> query(std::string_view name) const;
  // All of that name.
  std::vector<std::string> queries(std::string_view name) const;
};

inline constexpr std::size_t kMostBody = 4 * 1024 * 1024;

struct Endpoint {
  http::Method method = http::Method::get;  // get answers HEAD too
  std::string_view path;                    // "/pools/{pool}": {…} is one segment, not empty
  Access access = Access::reading;
  std::function<void(const Request&, Reply)> answer;
};

}  // namespace poise::admin
