#include "proxy/flight/timeline.h"

#include <system_error>

namespace poise::flight {
namespace {

using base::MonotonicTime;

class Timeline {
 public:
  explicit Timeline(const FlightRecord& record) : record_(record) {}

  std::vector<Step> made() {
    add(record_.accepted, "accept", request_number());
    add(record_.tls_done, "tls", "");
    add(record_.head_done, "head", "");
    for (std::size_t i = 0; i < record_.tries.size(); ++i) add_try(record_.tries[i], i);
    add(record_.ended, "end", end_text());
    return std::move(steps_);
  }

 private:
  void add(MonotonicTime at, std::string what, std::string detail) {
    if (at != MonotonicTime{}) {
      steps_.push_back({at - record_.started, std::move(what), std::move(detail)});
    }
  }

  void add_try(const TryRecord& made, std::size_t number) {
    if (number > 0) add(made.picked, "retry", "try " + std::to_string(number + 1));
    add(made.picked, "pick", made.backend.empty() ? "nobody" : made.backend);
    add_way_there(made);
    add(made.first_byte, "first_byte", "");
    if (made.error) add(made.ended, "failed", cause_text(made.error));
  }

  // Since a connection begins to open at once where there is no line, one that began later waited.
  void add_way_there(const TryRecord& made) {
    const bool waited = made.connecting > made.picked ||
                        (made.connecting == MonotonicTime{} && made.leased > made.picked) ||
                        made.error.phase == base::Phase::queue;
    if (waited && !made.backend.empty()) add(made.picked, "queue", "waits for a connection");
    add(made.connecting, "connect", made.backend);
    add(made.leased, made.reused ? "reuse" : "connected", "");
  }

  std::string request_number() const {
    return record_.nth_request == 0 ? "" : "request " + std::to_string(record_.nth_request);
  }

  static std::string cause_text(const base::Error& error) {
    std::string text(base::to_text(error.cause));
    text.append(" in ").append(base::to_text(error.phase));
    const std::string why = error_text(error);
    return why.empty() ? text : text + ": " + why;
  }

  std::string end_text() const {
    const std::string status = record_.status == 0 ? "" : std::to_string(record_.status);
    if (!record_.error) return status;
    return (status.empty() ? "" : status + " ") + cause_text(record_.error);
  }

  const FlightRecord& record_;
  std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> timeline_of(const FlightRecord& record) { return Timeline(record).made(); }

std::string error_text(const base::Error& error) {
  std::string text = error.detail;
  if (error.system == 0) return text;
  const std::string said = std::generic_category().message(error.system);
  return text.empty() ? said : text + " (" + said + ")";
}

}  // namespace poise::flight
