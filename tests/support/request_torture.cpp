#include "tests/support/request_torture.h"

#include <algorithm>

#include "tests/support/message_want.h"

namespace poise::support {
namespace {

std::string with_id(std::string text, const std::string& id) {
  constexpr std::string_view kMark = "{id}";
  for (std::size_t at = 0; (at = text.find(kMark, at)) != std::string::npos;)
    text.replace(at, kMark.size(), id);
  return text;
}

std::vector<std::string> split_wants(const std::string& want) {
  constexpr std::string_view kBetween = " | ";
  std::vector<std::string> wants;
  for (std::size_t start = 0; start < want.size();) {
    const std::size_t end = std::min(want.find(kBetween, start), want.size());
    wants.push_back(want.substr(start, end - start));
    start = end + kBetween.size();
  }
  return wants;
}

std::string path_of(const std::string& target) {
  const std::size_t scheme = target.find("://");
  if (target.front() == '/' || scheme == std::string::npos) return target;
  const std::size_t path = target.find_first_of("/?", scheme + 3);
  if (path == std::string::npos) return "/";
  return target[path] == '?' ? "/" + target.substr(path) : target.substr(path);
}

std::string compare(const StrictMessage& request, const std::string& want) {
  std::vector<std::string> words = list_items(want, ' ');
  if (words.size() < 2) return "nothing wanted";
  if (request.method != words[0]) return "method " + request.method;
  if (words[1] != "?" && path_of(request.target) != words[1]) return "target " + request.target;
  return find_mismatch(request, words, 2);
}

std::string compare_all(const std::vector<StrictMessage>& requests,
                        const std::vector<std::string>& wants) {
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::string fault = compare(requests[i], i < wants.size() ? wants[i] : "");
    if (!fault.empty()) return "forwarded wrongly (" + fault + "): " + printable(requests[i].raw);
  }
  return {};
}

bool is_refusal(const Answer& answer) { return answer.is_complete() && answer.status() >= 400; }

std::string check_ids(const std::vector<Answer>& answers, std::size_t first,
                      const std::vector<StrictMessage>& requests, const std::string& id) {
  for (std::size_t i = 0; i < requests.size() && first + i < answers.size(); ++i) {
    const std::string sent = requests[i].value("X-Id");
    if (!sent.empty() && sent.substr(0, id.size()) != id) return "foreign request " + sent;
    const Answer& answer = answers[first + i];
    if (is_refusal(answer)) continue;
    if (answer.message.value("X-Seen-Id") != sent) return "answer of another request";
  }
  return {};
}

bool may_be_cut(Expect expect) { return expect != Expect::refused && expect != Expect::forwarded; }

Reply reply_to(const StrictMessage& request) { return id_echo(request); }

// /early… is answered before its body is read; /early-close… then closes.
Reply early_reply(const StrictMessage& request) {
  if (path_of(request.target).rfind("/early", 0) != 0) return {};
  Reply reply = id_echo(request);
  if (request.target.find("/early-close") != std::string::npos) reply.after = AfterReply::close;
  return reply;
}

}  // namespace

RequestTorture::RequestTorture()
    : backend_({reply_to, early_reply, continue_if_expected, {}}),
      proxy_(backend_.port()),
      canary_(proxy_.port()) {}

std::string RequestTorture::run(const RequestCase& attack) {
  const std::string id = "case-" + std::to_string(++count_);
  const std::size_t wanted = split_wants(attack.want).size();
  const Talk talked = talk(attack, with_id(attack.bytes, id), wanted);
  std::string fault = canary_.sing();
  if (!comes_true([this] { return backend_.unfinished_requests() == 0; }))
    fault += " a request hangs unfinished at the backend";
  std::string verdict = judge(attack, id, talked);
  return verdict.empty() ? fault : verdict + (fault.empty() ? "" : "; " + fault);
}

RequestTorture::Talk RequestTorture::talk(const RequestCase& attack, const std::string& bytes,
                                          std::size_t wanted) {
  Talk talked;
  RawClient client(proxy_.port());
  client.send(bytes);
  // A client that shuts down with an answer outstanding may be taken for gone.
  bool has_finished = attack.ending == Ending::shutdown && wanted == 0;
  if (has_finished) client.socket().shut_down_writing();
  std::string method = bytes.substr(0, bytes.find(' '));
  while (true) {
    Answer answer = client.read_answer(method);
    if (answer.end == AnswerEnd::nothing) {
      talked.was_closed = true;
      return talked;
    }
    const bool goes_on = answer.is_complete();
    talked.answers.push_back(std::move(answer));
    if (!goes_on) return talked;
    method = "GET";
    const bool was_all = talked.answers.size() >= wanted && !is_refusal(talked.answers.back());
    if (!has_finished && (was_all || attack.expect == Expect::answered)) {
      client.socket().shut_down_writing();
      has_finished = true;
    }
  }
}

std::string RequestTorture::judge(const RequestCase& attack, const std::string& id,
                                  const Talk& talk) {
  std::vector<StrictMessage> requests = backend_.take_requests();
  const std::vector<BackendFinding> faults = backend_.take_faults();
  const std::vector<StrictMessage> cut = backend_.take_cut_requests();
  std::string fault = canary_.recognise(requests);
  if (!fault.empty()) return fault;
  if (!faults.empty())
    return "the backend got " + faults.front().fault + ": " + printable(faults.front().raw);
  if (!cut.empty() && !may_be_cut(attack.expect))
    return "a part was forwarded: " + printable(cut.front().raw);
  const std::vector<std::string> wants = split_wants(with_id(attack.want, id));
  fault = compare_all(requests, wants);
  if (fault.empty()) fault = check_answers(attack, id, talk, requests, cut.size());
  if (!fault.empty() || attack.expect == Expect::either || attack.expect == Expect::answered)
    return fault;
  return requests.size() == wants.size() ? ""
                                         : "a good request was not forwarded: " + last_of(talk);
}

std::string RequestTorture::last_of(const Talk& talk) {
  return talk.answers.empty() ? "closed" : describe(talk.answers.back());
}

std::string RequestTorture::check_answers(const RequestCase& attack, const std::string& id,
                                          const Talk& talk,
                                          const std::vector<StrictMessage>& requests,
                                          std::size_t cut) {
  for (const Answer& answer : talk.answers) {
    if (!answer.is_complete()) return "the client got " + describe(answer);
  }
  if (!talk.was_closed) return "the connection was not closed";
  const bool is_answered = attack.expect == Expect::answered;
  if (is_answered && (talk.answers.empty() || talk.answers.front().status() != 403))
    return "not answered by the proxy: " + (talk.answers.empty() ? "" : describe(talk.answers[0]));
  const std::size_t own = is_answered ? 1 : 0;
  std::string fault = check_ids(talk.answers, own, requests, id);
  if (!fault.empty()) return fault;
  const std::size_t refusals =
      static_cast<std::size_t>(std::count_if(talk.answers.begin(), talk.answers.end(), is_refusal));
  if (talk.answers.size() - refusals > requests.size() + cut) return "more answers than requests";
  if (refusals > own + 1) return "more than one refusal";
  if (attack.expect == Expect::forwarded && refusals > 0) return "refused: " + last_of(talk);
  return {};
}

}  // namespace poise::support
