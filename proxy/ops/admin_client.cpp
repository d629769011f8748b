#include "proxy/ops/admin_client.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>

#include "proxy/net/signals.h"

namespace poise::ops {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBytes = 64 * 1024 * 1024;

// Ends the loop with whatever came of the call.
class Waiter final : private AdminCall::Events {
 public:
  Waiter(const AdminTarget& target, const AdminRequest& request, base::Duration timeout)
      : call_(loop_, target, request, timeout, *this) {}

  void wait() {
    loop_.post([this] { call_.start(); });
    loop_.run();
  }
  const std::optional<std::string>& failure() const { return failure_; }
  AdminReply reply() { return {call_.status(), call_.content_type(), std::move(text_)}; }

 private:
  void on_body(base::Bytes bytes) noexcept override {
    if (text_.size() + bytes.size() <= kMostBytes) text_.append(bytes);
  }
  void on_answered() noexcept override { loop_.stop(); }
  void on_call_failed(std::string why) noexcept override {
    failure_ = std::move(why);
    loop_.stop();
  }

  net::Loop loop_;
  std::string text_;
  std::optional<std::string> failure_;
  AdminCall call_;
};

bool is_known_type(const AdminReply& reply) {
  const auto is = [&](std::string_view type) { return reply.content_type.starts_with(type); };
  return is("application/json") || is("text/plain") || is("text/event-stream");
}

bool is_broken(const AdminReply& reply) {
  return reply.content_type.starts_with("application/json") && reply.json().is_discarded();
}

// {"error": "words"} of the admin.
std::string words_of(const AdminReply& reply) {
  const Json json = reply.json();
  if (!json.is_object()) return {};
  const auto error = json.find("error");
  return error != json.end() && error->is_string() ? error->get<std::string>() : std::string();
}

std::string words_or(const AdminReply& reply, const std::string& otherwise) {
  const std::string words = words_of(reply);
  return words.empty() ? otherwise : words;
}

AdminFault token_fault(const AdminTarget& target, const AdminReply& reply) {
  const std::string wants = target.token.empty() ? "it wants a token: --token, or POISE_ADMIN_TOKEN"
                                                 : "the token is not the one of its configuration";
  return {kRequestFault,
          target.url + " refused (401): " + words_or(reply, "unauthorized") + "; " + wants};
}

}  // namespace

Json AdminReply::json() const { return Json::parse(text, nullptr, false); }

AdminFault unreachable(const AdminTarget& target, const std::string& why) {
  return {kEnvironmentFault, "no poise answers at " + target.url + ": " + why +
                                 "; is it running, with `admin: { bind: … }` in its "
                                 "configuration? --admin says where"};
}

std::optional<AdminFault> fault_of(const AdminTarget& target, const AdminReply& reply) {
  if (reply.status == 401) return token_fault(target, reply);
  if (!is_known_type(reply) || is_broken(reply)) {
    const std::string type = reply.content_type.empty() ? "no content type" : reply.content_type;
    return AdminFault{kEnvironmentFault, target.url +
                                             " answers, but not as the admin of a poise (" +
                                             std::to_string(reply.status) + ", " + type + ")"};
  }
  if (reply.status == 403) {
    return AdminFault{kRequestFault, target.url + " refused (403): " + words_or(reply, reply.text)};
  }
  return std::nullopt;
}

base::Result<AdminReply, AdminFault> ask(const AdminTarget& target, const AdminRequest& request,
                                         base::Duration timeout) {
  net::ignore_broken_pipes();
  Waiter waiter(target, request, timeout);
  waiter.wait();
  if (waiter.failure()) return base::Failure{unreachable(target, *waiter.failure())};
  AdminReply reply = waiter.reply();
  if (const auto fault = fault_of(target, reply)) return base::Failure{*fault};
  return reply;
}

base::Result<AdminReply, AdminFault> ask_ok(const AdminTarget& target, const AdminRequest& request,
                                            base::Duration timeout) {
  auto reply = ask(target, request, timeout);
  if (!reply || reply->ok()) return reply;
  const std::string status = "poise answers " + std::to_string(reply->status);
  return base::Failure{AdminFault{kRequestFault, words_or(*reply, status)}};
}

int report(const AdminFault& fault) {
  std::fprintf(stderr, "poise: %s\n", fault.text.c_str());
  return fault.exit_code;
}

std::string url_escaped(std::string_view text) {
  static constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != kPlain.npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

}  // namespace poise::ops
