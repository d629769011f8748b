#include "balancing/process_secret.h"

#include <utility>

#include "proxy/base/hmac.h"

namespace poise::balancing {
namespace {

std::string& secret() {
  static std::string secret = base::random_secret();
  return secret;
}

}  // namespace

const std::string& process_secret() { return secret(); }

void replace_process_secret(std::string by) { secret() = std::move(by); }

}  // namespace poise::balancing
