// Lets a backend play raw, mostly broken answers to the proxy under test and judges each by what a
// strictly parsing client got, and by canaries afterwards: no fake end, nothing left over for the
// next client. Used by one thread.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "tests/support/canary.h"
#include "tests/support/proxy_under_test.h"
#include "tests/support/raw_client.h"
#include "tests/support/recording_backend.h"

namespace poise::support {

enum class Outcome {
  failed,  // 502, or 504 where the backend stalls
  cut,     // failed, or nothing, or an answer that visibly does not end
  passed,  // complete, and as wanted
  either   // failed or passed
};

// `want` is "STATUS" and then, by spaces, body=…, Name=value or !Name. `late` is sent by the
// backend once the client has its answer and the connection lies idle.
struct AnswerCase {
  template <std::size_t N>
  AnswerCase(const char* case_name, const char (&raw)[N], AfterReply afterwards, Outcome expected,
             const char* wanted = "", std::string request_line = "GET /answer HTTP/1.1")
      : AnswerCase(case_name, std::string(raw, N - 1), afterwards, expected, wanted,
                   std::move(request_line)) {}
  AnswerCase(const char* case_name, std::string raw, AfterReply afterwards, Outcome expected,
             const char* wanted = "", std::string request_line = "GET /answer HTTP/1.1")
      : name(case_name),
        bytes(std::move(raw)),
        after(afterwards),
        outcome(expected),
        want(wanted),
        request(std::move(request_line)) {}

  std::string name;
  std::string bytes;
  AfterReply after;
  Outcome outcome;
  std::string want;
  std::string request;
  std::string late;
};

// The same, with bytes for an idle connection.
AnswerCase with_late_bytes(AnswerCase attack, std::string late);

class AnswerTorture {
 public:
  AnswerTorture();

  // Empty when the proxy did well, else what was wrong.
  std::string run(const AnswerCase& attack);
  ProxyUnderTest& proxy() { return proxy_; }

 private:
  struct LateBytes {
    Gate may_go;
    Gate are_sent;
  };

  Reply next_reply(const StrictMessage& request);
  void set_reply(const AnswerCase& attack, LateBytes& late);
  std::string let_late_bytes_go(const AnswerCase& attack, const Answer& answer, LateBytes& late);
  std::string judge(const AnswerCase& attack, RawClient& client, const Answer& answer);
  std::string judge_requests();

  std::mutex mutex_;
  Reply reply_;
  RecordingBackend backend_;
  ProxyUnderTest proxy_;
  Canary canary_;
};

}  // namespace poise::support
