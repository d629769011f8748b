#include "proxy/explain/route_tests.h"

#include <algorithm>
#include <optional>
#include <set>

#include "conf/reader/suggestion.h"
#include "proxy/explain/explain.h"
#include "proxy/http/fields.h"

namespace poise::explain {
namespace {

using conf::Expectation;
using conf::quoted;
using conf::RouteTest;
using Of = Expectation::Of;

Words words_of(const RouteTest& test) {
  Words words{.request = test.request, .from = test.from, .listener = test.listener};
  for (const auto& [name, value] : test.headers) words.headers.push_back(name + ": " + value);
  return words;
}

std::string joined(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + quoted(name);
  return text;
}

std::optional<std::string> value_of(const Pairs& fields, const std::string& name) {
  std::optional<std::string> found;
  for (const auto& [field, value] : fields) {
    if (!http::equal_ignoring_case(field, name)) continue;
    found = found ? *found + ", " + value : value;
  }
  return found;
}

// What becomes of the request, for a test that expected something of another kind.
std::string fate_of(const ListenerAnswer& answer) {
  switch (answer.outcome) {
    case Outcome::proxied: {
      std::set<std::string> pools;
      for (const auto& pool : answer.pools) pools.insert(pool.name);
      return "route " + quoted(answer.route) + " leads it to pool " + joined(pools);
    }
    case Outcome::redirected:
      return "route " + quoted(answer.route) + " redirects it";
    case Outcome::answered:
      return "route " + quoted(answer.route) + " answers it with " + std::to_string(answer.status);
    case Outcome::denied:
      return "route " + quoted(answer.route) + " denies it: " + answer.detail;
    case Outcome::no_route:
      return "no route takes it";
    case Outcome::refused:
      return "it is refused: " + answer.cause + ": " + answer.detail;
  }
  return {};
}

std::string why_not(const ListenerAnswer& answer, const std::string& route) {
  for (const RouteVerdict& verdict : answer.routes) {
    if (verdict.route != route || verdict.takes || verdict.condition.empty()) continue;
    return "; " + quoted(route) + " wants " + verdict.condition + " " + quoted(verdict.wanted) +
           (verdict.found.empty() ? ", there is none" : ", there is " + quoted(verdict.found));
  }
  return {};
}

// Judges one expectation after the other against what one listener does; empty: as expected.
class Judge {
 public:
  explicit Judge(const ListenerAnswer& answer) : answer_(answer) {}

  std::string fault(const Expectation& expected) const {
    switch (expected.of) {
      case Of::listener:
        return differs("listener", expected, answer_.listener);
      case Of::route:
        if (answer_.route == expected.wanted.front()) return {};
        return "expected route " + quoted(expected.wanted.front()) + ", but " + fate_of(answer_) +
               why_not(answer_, expected.wanted.front());
      case Of::pools:
        return pools_fault(expected);
      case Of::redirect:
        return redirect_fault(expected);
      case Of::status:
        if (std::to_string(answer_.status) == expected.wanted.front()) return {};
        return "expected status " + expected.wanted.front() + ", but " + fate_of(answer_);
      case Of::cause:
        if (answer_.cause == expected.wanted.front()) return {};
        return "expected cause " + quoted(expected.wanted.front()) + ", but " + fate_of(answer_);
      case Of::path:
        return sent_fault("path", expected, [](const SentRequest& sent) { return sent.target; });
      case Of::host:
        return sent_fault("host", expected, [](const SentRequest& sent) { return sent.host; });
      case Of::header:
        return header_fault(expected);
    }
    return {};
  }

 private:
  static std::string differs(const std::string& what, const Expectation& expected,
                             const std::string& found) {
    if (found == expected.wanted.front()) return {};
    return "expected " + what + " " + quoted(expected.wanted.front()) + ", not " + quoted(found);
  }

  std::string pools_fault(const Expectation& expected) const {
    const std::set<std::string> wanted(expected.wanted.begin(), expected.wanted.end());
    std::set<std::string> found;
    for (const auto& pool : answer_.pools) found.insert(pool.name);
    if (found == wanted) return {};
    return "expected pool " + joined(wanted) + ", but " + fate_of(answer_);
  }

  std::string redirect_fault(const Expectation& expected) const {
    const auto target = answer_.reply ? value_of(answer_.reply->fields, "Location") : std::nullopt;
    if (target) return differs("redirect to", expected, *target);
    return "expected redirect to " + quoted(expected.wanted.front()) + ", but " + fate_of(answer_);
  }

  template <class Part>
  std::string sent_fault(const std::string& what, const Expectation& expected, Part part) const {
    if (answer_.to_backend) return differs(what, expected, part(*answer_.to_backend));
    return "expected " + what + " " + quoted(expected.wanted.front()) + " at a backend, but " +
           fate_of(answer_);
  }

  std::string header_fault(const Expectation& expected) const {
    const std::string header = "header " + quoted(expected.name);
    if (!answer_.to_backend) {
      return "expected " + header + " at a backend, but " + fate_of(answer_);
    }
    const auto found = value_of(answer_.to_backend->fields, expected.name);
    if (expected.wanted.empty()) {
      return found ? "expected no " + header + ", but the backend gets " + quoted(*found) : "";
    }
    if (!found) return "expected " + header + ", but the backend gets none";
    return differs(header, expected, *found);
  }

  const ListenerAnswer& answer_;
};

// Where several listeners could take the request and the test says which one does, that one counts.
std::vector<const ListenerAnswer*> answers_for(const RouteTest& test, const Explanation& said) {
  std::vector<const ListenerAnswer*> all;
  for (const auto& answer : said.listeners) all.push_back(&answer);
  const auto named = std::find_if(test.expect.begin(), test.expect.end(),
                                  [](const auto& each) { return each.of == Of::listener; });
  if (named == test.expect.end()) return all;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto* answer) {
    return answer->listener == named->wanted.front();
  });
  if (found == all.end()) return all;
  return {*found};
}

std::string name_of(const RouteTest& test) {
  return "test " + quoted(test.request.empty() ? test.listener : test.request);
}

void run(const RouteTest& test, const Scene& scene, conf::Diagnostics& diagnostics) {
  const auto question = read_question(words_of(test));
  if (!question) return diagnostics.error(test.at, name_of(test) + ": " + question.error());
  const auto said = explain(scene, *question);
  if (!said) return diagnostics.error(test.at, name_of(test) + ": " + said.error());
  for (const ListenerAnswer* answer : answers_for(test, *said)) {
    for (const Expectation& expected : test.expect) {
      std::string fault = Judge(*answer).fault(expected);
      if (fault.empty()) continue;
      if (said->listeners.size() > 1) fault += " (listener " + quoted(answer->listener) + ")";
      diagnostics.error(expected.at, name_of(test) + " fails: " + fault);
    }
  }
}

conf::Loaded tested(conf::Loaded loaded, conf::Diagnostics& warnings) {
  if (!loaded) return loaded;
  run_tests(*loaded, warnings);
  if (!warnings.failed()) return loaded;
  return base::Failure{std::move(warnings)};
}

}  // namespace

void run_tests(const conf::Config& config, conf::Diagnostics& diagnostics) {
  if (config.tests.empty()) return;
  const Scene scene = offline_scene(config);
  for (const RouteTest& test : config.tests) run(test, scene, diagnostics);
}

conf::Loaded load_tested_file(const std::string& path, conf::Diagnostics& warnings) {
  return tested(conf::load_file(path, &warnings), warnings);
}

conf::Loaded load_tested_text(const std::string& text, const std::string& name,
                              conf::Diagnostics& warnings) {
  return tested(conf::load_text(text, name, &warnings), warnings);
}

}  // namespace poise::explain
