// The usual scene of a live test: one recording backend and a poise with one worker in front of it.
// Also the texts of ordinary requests. Used by one thread.
#pragma once

#include <string>

#include "tests/support/live_poise.h"
#include "tests/support/raw_client.h"
#include "tests/support/recording_backend.h"

namespace poise::support {

inline BackendScript ordinary_script() { return {id_echo, {}, continue_if_expected, {}}; }

// A script that only answers whole requests, in its own way.
inline BackendScript answering(std::function<Reply(const StrictMessage&)> at_end) {
  return {std::move(at_end), {}, continue_if_expected, {}};
}

struct ProxiedBackend {
  explicit ProxiedBackend(BackendScript script = ordinary_script(), const std::string& pool = "",
                          const std::string& listener = "", const std::string& top = "")
      : backend(std::move(script)),
        poise(simple_config({backend.address()}, pool, listener, top)) {}

  RawClient client() const { return RawClient(poise.port()); }
  // Waits for the next whole request at the backend.
  StrictMessage next_request() {
    std::vector<StrictMessage> requests;
    comes_true([&] { return !(requests = backend.take_requests()).empty(); });
    return requests.empty() ? StrictMessage() : requests.front();
  }

  RecordingBackend backend;
  LivePoise poise;
};

// `fields` are whole lines with their CRLF.
inline std::string request_text(const std::string& line, const std::string& fields = "") {
  return line + " HTTP/1.1\r\nHost: t.test\r\n" + fields + "\r\n";
}

inline std::string get_text(const std::string& id, const std::string& fields = "") {
  return request_text("GET /a", "X-Id: " + id + "\r\n" + fields);
}

inline std::string post_text(const std::string& id, const std::string& body,
                             const std::string& fields = "") {
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return request_text("POST /a", "X-Id: " + id + "\r\n" + length + fields) + body;
}

}  // namespace poise::support
