// Sends raw, mostly broken requests through the proxy under test and judges each by what a strictly
// parsing backend got, by the answers, and by a canary afterwards. Used by one thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/canary.h"
#include "tests/support/proxy_under_test.h"
#include "tests/support/raw_client.h"
#include "tests/support/recording_backend.h"

namespace poise::support {

enum class Expect {
  refused,  // after the wanted ones: 4xx or 5xx or nothing, then closed; the backend saw no more
  aborted,  // as refused, but the backend may have seen the beginning of a request that never ended
  forwarded,  // exactly the wanted requests, each answered, in order
  either,     // a leading part of the wanted requests; if not all, then closed as for `aborted`
  answered    // 403 by the proxy itself, then a leading part of the wanted requests
};

enum class Ending { open, shutdown };  // what the client does once all is sent and answered

// `bytes` and `want` may say {id}. `want` lists requests separated by " | ", each as
// "METHOD TARGET" (TARGET "?" is any) and then, by spaces, body=…, Name=value or !Name (absent).
struct RequestCase {
  template <std::size_t N>
  RequestCase(const char* case_name, const char (&raw)[N], Expect expectation,
              const char* wanted = "", Ending how = Ending::open)
      : RequestCase(case_name, std::string(raw, N - 1), expectation, wanted, how) {}
  RequestCase(std::string case_name, std::string raw, Expect expectation, const char* wanted = "",
              Ending how = Ending::open)
      : name(std::move(case_name)),
        bytes(std::move(raw)),
        expect(expectation),
        want(wanted),
        ending(how) {}

  std::string name;
  std::string bytes;
  Expect expect;
  std::string want;
  Ending ending;
};

class RequestTorture {
 public:
  RequestTorture();

  // Empty when the proxy did well, else what was wrong.
  std::string run(const RequestCase& attack);
  ProxyUnderTest& proxy() { return proxy_; }

 private:
  struct Talk {
    std::vector<Answer> answers;
    bool was_closed = false;
  };

  Talk talk(const RequestCase& attack, const std::string& bytes, std::size_t wanted);
  std::string judge(const RequestCase& attack, const std::string& id, const Talk& talk);
  static std::string check_answers(const RequestCase& attack, const std::string& id,
                                   const Talk& talk, const std::vector<StrictMessage>& requests,
                                   std::size_t cut);
  static std::string last_of(const Talk& talk);

  RecordingBackend backend_;
  ProxyUnderTest proxy_;
  Canary canary_;
  std::size_t count_ = 0;
};

}  // namespace poise::support
