#include "tests/support/answer_torture.h"

#include "tests/support/message_want.h"

namespace poise::support {
namespace {

constexpr std::string_view kRest = "\r\nHost: t.test\r\nX-Id: attack\r\n\r\n";
constexpr std::size_t kMostTries = 3;

bool is_failure(const Answer& answer) {
  return answer.is_complete() && (answer.status() == 502 || answer.status() == 504);
}

std::string compare(const Answer& answer, const std::string& want) {
  const std::vector<std::string> words = list_items(want, ' ');
  if (!answer.is_complete()) return describe(answer);
  if (std::to_string(answer.status()) != words.at(0)) return describe(answer);
  return find_mismatch(answer.message, words, 1);
}

bool stays_open(const Answer& answer) {
  return answer.message.minor_version == 1 && !answer.message.lists("Connection", "close") &&
         answer.message.framing != StrictFraming::until_close;
}

}  // namespace

AnswerCase with_late_bytes(AnswerCase attack, std::string late) {
  attack.late = std::move(late);
  return attack;
}

AnswerTorture::AnswerTorture()
    : backend_({[this](const StrictMessage& request) { return next_reply(request); }, {}, {}, {}}),
      proxy_(backend_.port()),
      canary_(proxy_.port()) {}

Reply AnswerTorture::next_reply(const StrictMessage& request) {
  if (request.target != "/answer") return id_echo(request);
  const std::lock_guard lock(mutex_);
  return reply_;
}

void AnswerTorture::set_reply(const AnswerCase& attack, LateBytes& late) {
  const std::lock_guard lock(mutex_);
  reply_ = {{attack.bytes}, attack.after, {}};
  if (attack.late.empty()) return;
  // The empty piece tells when the late one is sent.
  reply_.pieces.insert(reply_.pieces.end(), {attack.late, ""});
  reply_.before_piece = [&late](std::size_t piece) {
    if (piece == 1) late.may_go.wait();
    if (piece == 2) late.are_sent.open();
  };
}

std::string AnswerTorture::run(const AnswerCase& attack) {
  LateBytes late;
  set_reply(attack, late);
  RawClient client(proxy_.port());
  client.send(attack.request + std::string(kRest));
  const Answer answer = client.read_answer(attack.request.substr(0, attack.request.find(' ')));
  std::string verdict =
      attack.late.empty() ? judge(attack, client, answer) : let_late_bytes_go(attack, answer, late);
  for (int i = 0; i < 3 && verdict.empty(); ++i) verdict = canary_.sing();
  const std::string requests = judge_requests();
  return verdict.empty() ? requests : verdict;
}

std::string AnswerTorture::let_late_bytes_go(const AnswerCase& attack, const Answer& answer,
                                             LateBytes& late) {
  const std::size_t open_before = backend_.open_connections();
  late.may_go.open();
  if (!late.are_sent.wait()) return "the late bytes could not be sent";
  if (attack.after != AfterReply::keep)
    comes_true([&] { return backend_.open_connections() < open_before; });
  return compare(answer, attack.want);
}

std::string AnswerTorture::judge(const AnswerCase& attack, RawClient& client,
                                 const Answer& answer) {
  const std::string got = "the client got " + describe(answer);
  const std::string difference = attack.want.empty() ? got : compare(answer, attack.want);
  switch (attack.outcome) {
    case Outcome::failed:
      return is_failure(answer) ? "" : got;
    case Outcome::cut:
      if (answer.end == AnswerEnd::cut || answer.end == AnswerEnd::nothing) return "";
      return is_failure(answer) ? "" : got + " with the body " + printable(answer.message.body);
    case Outcome::either:
      return is_failure(answer) || difference.empty() ? "" : difference;
    case Outcome::passed:
      break;
  }
  if (!difference.empty()) return difference;
  if (!stays_open(answer)) return client.is_closed_by_peer() ? "" : "more bytes after the answer";
  // The same client's next request gets its own answer too.
  const Answer next = client.ask("GET /next HTTP/1.1\r\nHost: t.test\r\nX-Id: next\r\n\r\n");
  const bool is_own = next.message.value("X-Seen-Id") == "next" || next.end == AnswerEnd::nothing;
  return is_own ? "" : "the next request got " + printable(next.message.raw);
}

std::string AnswerTorture::judge_requests() {
  std::vector<StrictMessage> requests = backend_.take_requests();
  const std::vector<BackendFinding> faults = backend_.take_faults();
  if (!faults.empty()) return "the backend got " + faults.front().fault;
  const std::string fault = canary_.recognise(requests);
  if (!fault.empty()) return fault;
  // One of them may be the same client's next.
  return requests.size() > kMostTries + 1 ? "too many tries" : "";
}

}  // namespace poise::support
