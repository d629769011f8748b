#include "proxy/base/log.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

using namespace poise::base;
using namespace std::chrono_literals;

namespace {

// Sends the log to a file of its own while it lives.
class CapturedLog {
 public:
  CapturedLog() {
    const int fd = mkstemp(path_.data());
    REQUIRE(fd >= 0);
    close(fd);
    set_log_sink(LogSink::open(path_));
  }
  ~CapturedLog() {
    set_log_sink(nullptr);
    set_log_level(Level::info);
    set_log_style(LogStyle::text);
    std::remove(path_.c_str());
  }
  std::vector<std::string> lines() const {
    std::ifstream in(path_);
    std::vector<std::string> found;
    for (std::string line; std::getline(in, line);) found.push_back(line);
    return found;
  }

 private:
  std::string path_ = "/tmp/poise_log_XXXXXX";
};

// Every digit as 0.
std::string shape(std::string line) {
  for (auto& c : line) c = c >= '0' && c <= '9' ? '0' : c;
  return line;
}

MonotonicTime at(Duration time) { return MonotonicTime(time); }

}  // namespace

TEST_CASE("a log line has time, level and message") {
  const CapturedLog captured;
  log(Level::info, "listening on {} with {} workers", std::string("[::]:8080"), 2);
  log(Level::warn, "low: {} {} {} {}", -5, 18446744073709551615U, true, 0.5);
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 2);
  CHECK(shape(lines[0]).starts_with("0000-00-00T00:00:00.000Z info  listening"));
  CHECK(lines[0].ends_with(" info  listening on [::]:8080 with 2 workers"));
  CHECK(shape(lines[1]).starts_with("0000-00-00T00:00:00.000Z warn  low"));
  CHECK(lines[1].ends_with(" warn  low: -5 18446744073709551615 true 0.5"));
}

TEST_CASE("lines below the level are left out") {
  const CapturedLog captured;
  set_log_level(Level::warn);
  log(Level::info, "quiet");
  log(Level::error, "loud");
  REQUIRE(captured.lines().size() == 1);
  CHECK(captured.lines()[0].ends_with("error loud"));
}

TEST_CASE("a message stays one line in both styles") {
  const CapturedLog captured;
  log(Level::info, "peer said {}", "a\nb\"\x1b[31m");
  set_log_style(LogStyle::json);
  log(Level::error, "peer said {}", "a\nb\"\xff");
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with(R"(peer said a\nb"\u001b[31m)"));
  const auto object = nlohmann::json::parse(lines[1]);
  CHECK(object["level"] == "error");
  CHECK(object["message"] == "peer said a\nb\"\xef\xbf\xbd");
  CHECK(object["ts"].get<std::string>().size() == 24);
}

TEST_CASE("an argument that holds braces is not a place for the next") {
  const CapturedLog captured;
  log(Level::info, "{} and {}", "{}", "x");
  CHECK(captured.lines().at(0).ends_with("{} and x"));
}

TEST_CASE("threads write whole lines") {
  const CapturedLog captured;
  const auto work = [](const char* name) {
    for (int i = 0; i < 500; ++i) log(Level::info, "line {} of {} end", i, name);
  };
  std::thread one(work, "one");
  std::thread two(work, "two");
  one.join();
  two.join();
  const auto lines = captured.lines();
  CHECK(lines.size() == 1000);
  for (const auto& line : lines) REQUIRE(line.ends_with(" end"));
}

TEST_CASE("a limiter lets so many lines through an interval and counts the rest") {
  LogLimiter limiter(2, 10s);
  CHECK(limiter.admit(at(0s)) == 0);
  CHECK(limiter.admit(at(1s)) == 0);
  CHECK_FALSE(limiter.admit(at(2s)));
  CHECK_FALSE(limiter.admit(at(9999ms)));
  CHECK(limiter.admit(at(10s)) == 2);
  CHECK(limiter.admit(at(11s)) == 0);
  CHECK_FALSE(limiter.admit(at(12s)));
  CHECK(limiter.admit(at(1h)) == 1);
}

TEST_CASE("a limited line says how many were left out") {
  const CapturedLog captured;
  LogLimiter limiter(1, 10s);
  for (int i = 0; i < 4; ++i) log_limited(limiter, at(1s), Level::warn, "full: {}", i);
  log_limited(limiter, at(20s), Level::warn, "full: {}", 4);
  const auto lines = captured.lines();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with("full: 0"));
  CHECK(lines[1].ends_with("full: 4 (suppressed 3 more)"));
}
