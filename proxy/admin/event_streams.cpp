#include "proxy/admin/event_streams.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace poise::admin {
namespace {

// A browser that lost its connection comes back after so long.
constexpr std::string_view kOpening = "retry: 2000\n\n";
constexpr std::string_view kComment = ": still here\n\n";

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc() || at != end) return std::nullopt;
  return number;
}

// What the client saw last. A browser that comes back knows better than its page's URL.
std::optional<std::uint64_t> seen_by(const Request& request) {
  if (const auto seen = number_in(request.field("Last-Event-ID"))) return seen;
  return number_in(request.query("after").value_or(""));
}

}  // namespace

class EventStreams::Stream final : public server::EventReader {
 public:
  explicit Stream(Reply reply) : reply_(std::move(reply)) {}

  void on_event(const server::Event& event) noexcept override { write(event_text(event)); }
  void write(std::string_view text) {
    if (!is_over_) is_over_ = !reply_.write(text);
    if (is_over_) unlink();
  }
  bool is_over() const { return is_over_; }

 private:
  Reply reply_;
  bool is_over_ = false;
};

EventStreams::EventStreams(net::Loop& loop, server::EventHub& hub)
    : loop_(loop),
      hub_(hub),
      keep_alive_(base::Timer::calling<EventStreams, &EventStreams::on_keep_alive>(this)) {}

EventStreams::~EventStreams() = default;

void EventStreams::open(const Request& request, Reply reply) {
  forget_ended();
  if (streams_.size() >= kMost) return reply.error(503, "too many event streams are open");
  const auto seen = seen_by(request);
  reply.begin_stream("text/event-stream");
  Stream& stream = *streams_.emplace_back(std::make_unique<Stream>(std::move(reply)));
  stream.write(kOpening);
  if (seen) repeat(*seen, stream);
  if (!stream.is_over()) hub_.join(stream);
  if (!keep_alive_.is_armed()) loop_.arm_in(keep_alive_, kKeepAlive);
}

void EventStreams::repeat(std::uint64_t seen, Stream& stream) {
  if (const std::uint64_t missed = hub_.missed_after(seen)) {
    stream.write("event: gap\ndata: {\"missed\":" + std::to_string(missed) + "}\n\n");
  }
  hub_.repeat_after(seen, stream);
}

void EventStreams::on_keep_alive() {
  for (const auto& stream : streams_) stream->write(kComment);
  forget_ended();
  if (!streams_.empty()) loop_.arm_in(keep_alive_, kKeepAlive);
}

void EventStreams::forget_ended() {
  std::erase_if(streams_, [](const auto& stream) { return stream->is_over(); });
}

std::string event_text(const server::Event& event) {
  std::string text;
  if (event.id != 0) text = "id: " + std::to_string(event.id) + "\n";
  return text + "event: " + event.name + "\ndata: " + event.data + "\n\n";
}

}  // namespace poise::admin
