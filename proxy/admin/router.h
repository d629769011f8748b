// Finds the endpoint for a method and a path, or says that there is none. Pure; its endpoints are
// the admin's, and outlive it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/admin/endpoint.h"

namespace poise::admin {

struct Found {
  const Endpoint* endpoint = nullptr;
  std::vector<std::string> parameters{};
  std::string allowed{};  // where only the method is wrong: those that are right, as Allow has them
};

class Router {
 public:
  explicit Router(const std::vector<Endpoint>& endpoints) : endpoints_(endpoints) {}

  Found find(http::Method method, std::string_view path) const;

 private:
  const std::vector<Endpoint>& endpoints_;
};

}  // namespace poise::admin
