#include "tests/support/raw_client.h"

namespace poise::support {
namespace {

AnswerEnd end_of(ReadEnd read_end, const StrictParser& parser) {
  if (parser.is_broken()) return AnswerEnd::malformed;
  if (parser.is_done()) return AnswerEnd::complete;
  if (read_end == ReadEnd::timed_out) return AnswerEnd::timed_out;
  return parser.has_begun() ? AnswerEnd::cut : AnswerEnd::nothing;
}

}  // namespace

std::string describe(const Answer& answer) {
  const std::string status = std::to_string(answer.status());
  switch (answer.end) {
    case AnswerEnd::complete:
      return status;
    case AnswerEnd::nothing:
      return "closed without an answer";
    case AnswerEnd::cut:
      return "an answer cut short (" + status + ")";
    case AnswerEnd::malformed:
      return "a malformed answer: " + answer.fault;
    case AnswerEnd::timed_out:
      return "no complete answer in time (" + status + ")";
  }
  return {};
}

Answer RawClient::read_message(std::string_view method, Deadline deadline) {
  if (!socket_.is_open()) return {};
  StrictParser parser = StrictParser::for_response_to(method);
  ReadEnd read_end = ReadEnd::data;
  while (true) {
    pending_.erase(0, parser.feed(pending_));
    if (parser.is_done() || parser.is_broken()) break;
    read_end = read_more(deadline);
    if (read_end == ReadEnd::closed) parser.end_of_stream();
    if (read_end != ReadEnd::data) break;
  }
  Answer answer;
  answer.end = end_of(read_end, parser);
  answer.fault = parser.fault();
  answer.message = parser.take();
  return answer;
}

Answer RawClient::read_answer(std::string_view method, Deadline deadline,
                              std::vector<StrictMessage>* interim) {
  while (true) {
    Answer answer = read_message(method, deadline);
    const bool is_interim =
        answer.status() >= 100 && answer.status() < 200 && answer.status() != 101;
    if (!answer.is_complete() || !is_interim) return answer;
    if (interim != nullptr) interim->push_back(std::move(answer.message));
  }
}

Answer RawClient::ask(std::string_view request) {
  if (!send(request)) return {};
  return read_answer(request.substr(0, request.find(' ')));
}

std::string RawClient::read_bytes(std::size_t size, Deadline deadline) {
  while (pending_.size() < size && read_more(deadline) == ReadEnd::data) {
  }
  return std::exchange(pending_, {});
}

bool RawClient::sees(std::string_view text, Deadline deadline) {
  while (pending_.find(text) == std::string::npos) {
    if (read_more(deadline) != ReadEnd::data) return false;
  }
  return true;
}

bool RawClient::is_closed_by_peer(Deadline deadline) {
  if (!socket_.is_open()) return true;
  if (!pending_.empty()) return false;
  const ReadEnd end = read_more(deadline);
  return end == ReadEnd::closed || end == ReadEnd::reset;
}

}  // namespace poise::support
