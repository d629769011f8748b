// Parts a stream of server-sent events (WHATWG HTML, section 9.2.6) into events, however its bytes
// are cut. Pure; holds at most kMostBytes of an unfinished event, and drops one that is larger.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace poise::ops {

struct ServerEvent {
  std::string name = "message";
  std::string data;
  std::string id;  // of the last event that had one

  bool operator==(const ServerEvent&) const = default;
};

class EventText {
 public:
  static constexpr std::size_t kMostBytes = 4 * 1024 * 1024;

  // `last_id` is that of the stream this one goes on from.
  explicit EventText(std::string last_id = {}) : id_(std::move(last_id)) {}

  // The events that are complete with these bytes.
  std::vector<ServerEvent> take(std::string_view bytes);
  const std::string& last_id() const { return id_; }

 private:
  void take_line(std::string_view line, std::vector<ServerEvent>& events);
  void finish(std::vector<ServerEvent>& events);

  std::string line_;
  std::string name_;
  std::string data_;
  std::string id_;
  bool has_data_ = false;
  bool is_too_large_ = false;
  bool ended_with_cr_ = false;  // whose LF, if it comes, belongs to the same line end
};

}  // namespace poise::ops
