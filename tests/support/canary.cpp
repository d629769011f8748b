#include "tests/support/canary.h"

#include <algorithm>

#include "tests/support/message_want.h"
#include "tests/support/raw_client.h"

namespace poise::support {
namespace {

constexpr std::string_view kTarget = "/canary";

std::string check_answer(const Answer& answer, const std::string& id, const std::string& body) {
  if (!answer.is_complete() || answer.status() != 200)
    return "canary " + id + " got " + describe(answer);
  if (answer.message.value("X-Seen-Id") != id)
    return "canary " + id + " got the answer of '" + answer.message.value("X-Seen-Id") + "'";
  if (answer.message.body != body) return "canary " + id + " got the body " + answer.message.body;
  return {};
}

std::string request_text(const std::string& method, const std::string& id,
                         const std::string& body) {
  const std::string length =
      body.empty() ? "" : "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return method + " /canary HTTP/1.1\r\nHost: canary.test\r\nX-Id: " + id + "\r\n" + length +
         "\r\n" + body;
}

std::string reply_body(const std::string& method, const std::string& id, const std::string& body) {
  return "id=" + id + " " + method + " /canary\n" + body;
}

}  // namespace

std::string Canary::next_id() {
  std::string id = "canary-" + std::to_string(++sung_);
  awaited_.insert(id);
  return id;
}

std::string Canary::sing() {
  RawClient client(port_);
  if (!client.is_connected()) return "canary could not connect";
  for (const std::string method : {"GET", "PUT"}) {
    const std::string id = next_id();
    const std::string body = method == "PUT" ? "body of " + id : "";
    const Answer answer = client.ask(request_text(method, id, body));
    std::string fault = check_answer(answer, id, reply_body(method, id, body));
    if (!fault.empty()) return fault;
  }
  return {};
}

std::string Canary::recognise(std::vector<StrictMessage>& requests) {
  std::string fault;
  const auto is_own = [&](const StrictMessage& request) {
    if (request.target != kTarget) return false;
    const std::string id = request.value("X-Id");
    if (awaited_.erase(id) == 0) fault = "a canary's request came twice or changed: " + id;
    const std::string body = request.method == "PUT" ? "body of " + id : "";
    if (request.body != body) fault = "a canary's body changed: " + printable(request.raw);
    return true;
  };
  requests.erase(std::remove_if(requests.begin(), requests.end(), is_own), requests.end());
  awaited_.clear();
  return fault;
}

}  // namespace poise::support
