#include "tests/support/recording_backend.h"

#include <unistd.h>

#include <utility>

namespace poise::support {
namespace {

// A test ends its backends itself; this only keeps a lost one from staying for ever.
constexpr Milliseconds kLongest{60000};

void echo_until_closed(BlockingSocket& socket, std::string pending) {
  do {
    if (!socket.send(pending)) return;
    pending.clear();
  } while (socket.read_some(pending, Deadline(kLongest)) == ReadEnd::data);
}

void wait_until_closed(BlockingSocket& socket) {
  std::string ignored;
  while (socket.read_some(ignored, Deadline(kLongest)) == ReadEnd::data) ignored.clear();
}

bool send_pieces(BlockingSocket& socket, const Reply& reply) {
  for (std::size_t i = 0; i < reply.pieces.size(); ++i) {
    if (reply.before_piece) reply.before_piece(i);
    if (!socket.send(reply.pieces[i])) return false;
  }
  return true;
}

}  // namespace

Reply plain_reply(const std::string& body) {
  return {{"HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body},
          AfterReply::keep,
          {}};
}

Reply id_echo(const StrictMessage& request) {
  const std::string body = "id=" + request.value("X-Id") + " " + request.method + " " +
                           request.target + "\n" + request.body;
  const std::string head = "HTTP/1.1 200 OK\r\nX-Seen-Id: " + request.value("X-Id") +
                           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return {{request.method == "HEAD" ? head : head + body}, AfterReply::keep, {}};
}

std::string continue_if_expected(const StrictMessage& request) {
  return request.lists("Expect", "100-continue") ? "HTTP/1.1 100 Continue\r\n\r\n" : "";
}

RecordingBackend::RecordingBackend(BackendScript script) : script_(std::move(script)) {
  if (!script_.at_end) script_.at_end = id_echo;
  listen();
}

RecordingBackend::RecordingBackend(const std::string& unix_path)
    : script_{id_echo, {}, continue_if_expected, {}}, unix_path_(unix_path) {
  listen();
}

RecordingBackend::RecordingBackend(BackendScript script, std::string ip, std::uint16_t port)
    : script_(std::move(script)), ip_(std::move(ip)), port_(port) {
  listen();
}

void RecordingBackend::listen() {
  listener_ = unix_path_.empty() ? std::make_unique<ListeningSocket>(port_, ip_)
                                 : std::make_unique<ListeningSocket>(unix_path_);
  port_ = listener_->port();
  acceptor_ = std::thread([this] { accept_all(); });
}

void RecordingBackend::accept_all() {
  while (true) {
    BlockingSocket socket = listener_->accept();
    if (!socket.is_open()) return;
    ++accepted_;
    ++open_;
    const std::lock_guard lock(mutex_);
    Connection& connection = connections_.emplace_back();
    connection.socket = std::move(socket);
    connection.thread = std::thread([this, &connection] { serve(connection.socket); });
  }
}

void RecordingBackend::close_connections() {
  const std::lock_guard lock(mutex_);
  for (Connection& connection : connections_) {
    if (connection.socket.is_open()) connection.socket.shut_down();
  }
}

void RecordingBackend::go_down() {
  if (!listener_) return;
  listener_->shut_down();
  acceptor_.join();
  listener_.reset();
  if (!unix_path_.empty()) ::unlink(unix_path_.c_str());
  close_connections();
  std::list<Connection> ended;
  {
    const std::lock_guard lock(mutex_);
    ended.swap(connections_);
  }
  for (Connection& connection : ended) connection.thread.join();
}

void RecordingBackend::come_back() { listen(); }

void RecordingBackend::serve(BlockingSocket& socket) {
  if (script_.on_accept) script_.on_accept(socket);
  std::string pending;
  while (serve_request(socket, pending)) {
  }
  const std::lock_guard lock(mutex_);
  socket.close();
  --open_;
}

bool RecordingBackend::serve_request(BlockingSocket& socket, std::string& pending) {
  StrictParser parser = StrictParser::for_request();
  bool was_answered = false;
  if (!read_request(socket, pending, parser, was_answered)) {
    if (parser.has_begun()) {
      record_end(parser);
      --unfinished_;
    }
    return false;
  }
  const StrictMessage request = parser.message();
  if (!pending.empty()) record_fault("bytes beyond the request, before its answer", pending);
  record_end(parser);
  --unfinished_;
  return was_answered || play(socket, script_.at_end(request), pending);
}

bool RecordingBackend::read_request(BlockingSocket& socket, std::string& pending,
                                    StrictParser& parser, bool& was_answered) {
  bool saw_head = false;
  while (true) {
    const bool had_begun = parser.has_begun();
    pending.erase(0, parser.feed(pending));
    if (!had_begun && parser.has_begun()) ++unfinished_;
    if (parser.has_head() && !std::exchange(saw_head, parser.has_head()) && !parser.is_broken() &&
        !on_head(socket, parser.message(), was_answered))
      return false;
    if (parser.is_done() || parser.is_broken()) return parser.is_done();
    const std::size_t before = pending.size();
    if (socket.read_some(pending, Deadline(kLongest)) != ReadEnd::data) return false;
    bytes_ += pending.size() - before;
  }
}

bool RecordingBackend::on_head(BlockingSocket& socket, const StrictMessage& request,
                               bool& was_answered) {
  if (script_.interim_at_head && !socket.send(script_.interim_at_head(request))) return false;
  if (!script_.final_at_head) return true;
  const Reply reply = script_.final_at_head(request);
  if (reply.pieces.empty()) return true;
  was_answered = true;
  std::string nothing;
  return play(socket, reply, nothing);
}

bool RecordingBackend::play(BlockingSocket& socket, const Reply& reply, std::string& pending) {
  if (!send_pieces(socket, reply)) return false;
  switch (reply.after) {
    case AfterReply::keep:
      return true;
    case AfterReply::close:
      return false;
    case AfterReply::stall:
      wait_until_closed(socket);
      return false;
    case AfterReply::tunnel:
      echo_until_closed(socket, std::exchange(pending, {}));
      return false;
    case AfterReply::reset:
      break;
  }
  const std::lock_guard lock(mutex_);
  socket.reset();
  return false;
}

void RecordingBackend::record_end(StrictParser& parser) {
  if (parser.is_broken()) return record_fault(parser.fault(), parser.message().raw);
  const std::lock_guard lock(mutex_);
  if (parser.is_done()) ++request_count_;
  (parser.is_done() ? requests_ : cut_requests_).push_back(parser.take());
}

void RecordingBackend::record_fault(std::string fault, std::string raw) {
  const std::lock_guard lock(mutex_);
  faults_.push_back({std::move(fault), std::move(raw)});
}

std::size_t RecordingBackend::request_count() const {
  const std::lock_guard lock(mutex_);
  return request_count_;
}

std::vector<StrictMessage> RecordingBackend::take_requests() {
  const std::lock_guard lock(mutex_);
  return std::exchange(requests_, {});
}

std::vector<BackendFinding> RecordingBackend::take_faults() {
  const std::lock_guard lock(mutex_);
  return std::exchange(faults_, {});
}

std::vector<StrictMessage> RecordingBackend::take_cut_requests() {
  const std::lock_guard lock(mutex_);
  return std::exchange(cut_requests_, {});
}

}  // namespace poise::support
