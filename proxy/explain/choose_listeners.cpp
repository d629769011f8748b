#include "proxy/explain/choose_listeners.h"

#include <algorithm>

#include "conf/reader/suggestion.h"

namespace poise::explain {
namespace {

using base::Failure;
using conf::ListenerConfig;
using conf::quoted;
using Chosen = base::Result<ChosenListeners, std::string>;

enum class Fit { protocol, port, address };

std::string word_of(conf::Protocol protocol) {
  switch (protocol) {
    case conf::Protocol::http:
      return "HTTP";
    case conf::Protocol::tcp:
      return "TCP";
    case conf::Protocol::tls_passthrough:
      break;
  }
  return "tls-passthrough";
}

conf::Protocol protocol_of(Question::Kind kind) {
  switch (kind) {
    case Question::Kind::tcp:
      return conf::Protocol::tcp;
    case Question::Kind::tls:
      return conf::Protocol::tls_passthrough;
    default:
      return conf::Protocol::http;
  }
}

// Why a question of that kind cannot be about the listener; "" when it can.
std::string misfit(const ListenerConfig& listener, Question::Kind kind) {
  const std::string owner = "listener " + quoted(listener.name);
  switch (listener.protocol) {
    case conf::Protocol::http:
      if (kind == Question::Kind::http) break;
      return owner + " speaks HTTP: ask with a request, such as 'GET http://host/path'";
    case conf::Protocol::tcp:
      if (kind != Question::Kind::http && kind != Question::Kind::tls) break;
      return owner + " speaks TCP and sees no requests: ask with --from alone";
    case conf::Protocol::tls_passthrough:
      if (kind == Question::Kind::tls) break;
      return owner + " sees no more than a ClientHello: ask with 'tls NAME'";
  }
  return {};
}

bool is_every_address(const net::Address& bind) {
  const std::string ip = bind.ip_text();
  return ip == "::" || ip == "0.0.0.0";
}

std::string without_brackets(const std::string& host) {
  return host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
}

Fit fit_of(const net::Address& bind, const Question& question) {
  if (bind.is_unix()) return bind.text() == question.place ? Fit::address : Fit::protocol;
  if (question.port == 0 || bind.port() != question.port) return Fit::protocol;
  const auto ip = net::Address::parse_ip(without_brackets(question.place), question.port);
  const bool is_there = ip && (*ip == bind || is_every_address(bind));
  return is_there ? Fit::address : Fit::port;
}

Fit fit_of(const ListenerConfig& listener, const Question& question) {
  Fit best = Fit::protocol;
  for (const auto& bind : listener.bind) best = std::max(best, fit_of(bind, question));
  return best;
}

Chosen choose_named(const std::vector<ListenerConfig>& listeners, const Question& question) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    const ListenerConfig& listener = listeners[i];
    names.push_back(listener.name);
    if (listener.name != question.listener) continue;
    const std::string fault = misfit(listener, question.kind);
    if (!fault.empty()) return Failure{fault};
    return ChosenListeners{{i}};
  }
  return Failure{"there is no listener " + quoted(question.listener) +
                 conf::did_you_mean(question.listener, names)};
}

bool goes_with_scheme(const ListenerConfig& listener, const Question& question) {
  return listener.tls.has_value() == (question.scheme == "https");
}

// Where the port does not tell, the scheme may.
void keep_those_of_scheme(const std::vector<ListenerConfig>& listeners, const Question& question,
                          std::vector<std::size_t>& indexes) {
  const auto fits = [&](std::size_t index) { return goes_with_scheme(listeners[index], question); };
  if (question.scheme.empty() || std::none_of(indexes.begin(), indexes.end(), fits)) return;
  std::erase_if(indexes, [&](std::size_t index) { return !fits(index); });
}

std::string note_on(Fit fit, const Question& question, std::size_t count, const std::string& word) {
  if (fit != Fit::protocol || question.port == 0) return {};
  return "no " + word + " listener binds port " + std::to_string(question.port) + ": " +
         (count == 1 ? "the only one is shown" : "all of them are shown");
}

}  // namespace

Chosen choose_listeners(const std::vector<ListenerConfig>& listeners, const Question& question) {
  if (!question.listener.empty()) return choose_named(listeners, question);
  if (question.kind == Question::Kind::none) {
    return Failure{std::string("nothing to explain: give a request or --listener NAME")};
  }
  const auto protocol = protocol_of(question.kind);
  ChosenListeners chosen;
  Fit best = Fit::protocol;
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (listeners[i].protocol != protocol) continue;
    const Fit fit = fit_of(listeners[i], question);
    if (fit > best) chosen.indexes.clear();
    best = std::max(best, fit);
    if (fit == best) chosen.indexes.push_back(i);
  }
  if (best == Fit::protocol) keep_those_of_scheme(listeners, question, chosen.indexes);
  const std::string word = word_of(protocol);
  if (chosen.indexes.empty()) return Failure{"no listener speaks " + word};
  chosen.note = note_on(best, question, chosen.indexes.size(), word);
  return chosen;
}

}  // namespace poise::explain
