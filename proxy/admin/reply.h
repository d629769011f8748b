// How an endpoint answers: at once or later, whole or as a stream. A Reply is a token; copies stand
// for the same answer. It dies safely with the connection: whatever is called on it then does
// nothing. When the last copy goes and nothing was answered, the client is told 500, and a stream
// ends there. On the control loop only, like everything here.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace poise::admin {

class AdminExchange;

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

struct Answer {
  int status = 200;
  std::string_view type = kJson;  // constant text
  std::string body{};
  std::vector<std::pair<std::string, std::string>> fields{};
};

class Reply {
 public:
  // What waits for a client that takes nothing; a stream with more is cut.
  static constexpr std::size_t kMostWaiting = 256 * 1024;

  // Nobody hears it.
  Reply() = default;
  explicit Reply(AdminExchange& exchange);

  // Whether there is still somebody to answer, or to stream to.
  bool is_open() const;

  // Once.
  void send(Answer answer) const;
  void json(std::string text, int status = 200) const;
  // {"error": "words that say what to do"}
  void error(int status, std::string_view words) const;

  // Instead of these: an answer of no known length, written piece by piece, for as long as both
  // sides like.
  void begin_stream(std::string_view type) const;
  // False when the stream is over: the client is gone, or is cut off here as it does not read.
  bool write(std::string_view bytes) const;
  void end_stream() const;

 private:
  friend class AdminExchange;
  // Shared by the copies. Either end clears the other's pointer.
  struct Line {
    AdminExchange* exchange = nullptr;
    ~Line();
  };

  std::shared_ptr<Line> line_;
};

// {"error": …}, or whatever else names one thing in words.
std::string json_object(std::string_view key, std::string_view text);

}  // namespace poise::admin
