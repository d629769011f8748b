#include "proxy/explain/question.h"

#include <algorithm>
#include <optional>

#include "conf/reader/quantities.h"
#include "conf/reader/suggestion.h"
#include "proxy/http/fields.h"
#include "proxy/http/validate.h"

namespace poise::explain {
namespace {

using base::Failure;
using conf::quoted;
using Fault = std::optional<std::string>;

constexpr std::string_view kHere = "127.0.0.1";
constexpr std::uint64_t kHighestPort = 65'535;

std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  while (!(text = http::trim(text)).empty()) {
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

// "host:80" or "[::1]:80" in two; no port is 0. Nothing when what follows the colon is none.
std::optional<std::uint16_t> take_port(std::string_view authority, std::string& host) {
  const auto colon = authority.rfind(':');
  const auto bracket = authority.rfind(']');
  const bool has_port = colon != authority.npos && (bracket == authority.npos || colon > bracket);
  host = authority.substr(0, has_port ? colon : authority.size());
  if (!has_port) return std::uint16_t{0};
  const auto port = conf::parse_whole(authority.substr(colon + 1));
  if (!port || *port == 0 || *port > kHighestPort) return std::nullopt;
  return static_cast<std::uint16_t>(*port);
}

Fault read_authority(std::string_view authority, Question& question) {
  base::Arena arena;
  const auto port = take_port(authority, question.place);
  if (!port || question.place.empty() || !http::parse_authority(authority, arena)) {
    return quoted(authority) + " is not a host";
  }
  if (*port != 0) question.port = *port;
  return std::nullopt;
}

Fault read_url(std::string_view url, Question& question) {
  const auto slashes = url.find("://");
  question.scheme = url.substr(0, slashes);
  if (question.scheme != "http" && question.scheme != "https") {
    return "the scheme of " + quoted(url) + " must be http or https";
  }
  question.port = question.scheme == "http" ? 80 : 443;
  const std::string_view rest = url.substr(slashes + 3);
  const auto end = std::min(rest.find_first_of("/?"), rest.size());
  question.target = rest.substr(end);
  if (!question.target.starts_with('/')) question.target.insert(0, "/");
  question.fields.emplace_back("Host", rest.substr(0, end));
  return read_authority(rest.substr(0, end), question);
}

Fault read_target(std::string_view target, Question& question) {
  target = target.substr(0, target.find('#'));  // never sent
  if (target.starts_with('/') || target == "*") {
    question.target = target;
  } else if (target.find("://") == target.npos) {
    return quoted(target) + " is neither a URL (http://host/path) nor a path (/path)";
  } else if (const Fault fault = read_url(target, question)) {
    return fault;
  }
  if (http::is_target(question.target)) return std::nullopt;
  return "the path of " + quoted(target) + " may hold visible ASCII only (write others as %XX)";
}

Fault read_tcp(const std::string& address, Question& question) {
  question.kind = Question::Kind::tcp;
  if (address.starts_with("unix:")) {
    question.place = address;
    return std::nullopt;
  }
  const auto port = take_port(address, question.place);
  if (!port || *port == 0) return quoted(address) + " must be an address with a port";
  question.port = *port;
  return std::nullopt;
}

std::vector<std::string> split_list(std::string_view list) {
  std::vector<std::string> items;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    items.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return items;
}

// "api.example.com", perhaps with a port, and the protocols offered: "h2,http/1.1".
Fault read_tls(const std::vector<std::string>& words, Question& question) {
  question.kind = Question::Kind::tls;
  const auto port = take_port(words[1], question.place);
  if (!port || question.place.empty()) return quoted(words[1]) + " is not a name";
  question.port = *port != 0 ? *port : 443;
  for (char& c : question.place) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (words.size() == 3) question.protocols = split_list(words[2]);
  return std::nullopt;
}

Fault read_request(const std::string& request, Question& question) {
  const auto words = split_words(request);
  if (words.empty()) return std::nullopt;
  if (words.size() == 2 && words[0] == "tcp") return read_tcp(words[1], question);
  const bool is_tls = words.size() == 2 || words.size() == 3;
  if (is_tls && words[0] == "tls") return read_tls(words, question);
  if (words.size() > 2) return quoted(request) + " must be 'METHOD URL', or a URL alone";
  question.kind = Question::Kind::http;
  question.method = words.size() == 2 ? words[0] : "GET";
  if (!http::is_token(question.method)) return quoted(question.method) + " is not a method";
  return read_target(words.back(), question);
}

// A Host given by hand is sent instead of the URL's.
void add_field(Question& question, std::string_view name, std::string_view value) {
  auto& fields = question.fields;
  const bool is_host = http::equal_ignoring_case(name, "host");
  if (is_host && !fields.empty() && fields.front().first == "Host") {
    fields.front().second = value;
  } else {
    fields.insert(is_host ? fields.begin() : fields.end(),
                  {is_host ? "Host" : std::string(name), std::string(value)});
  }
}

Fault read_header(const std::string& header, Question& question) {
  const auto colon = header.find(':');
  if (colon == header.npos) return "header " + quoted(header) + " must be 'Name: value'";
  const std::string_view name = std::string_view(header).substr(0, colon);
  const std::string_view value = http::trim(std::string_view(header).substr(colon + 1));
  if (!http::is_token(name)) return quoted(name) + " is not a header's name";
  if (!http::is_field_value(value)) return quoted(value) + " is not a header's value";
  add_field(question, name, value);
  return std::nullopt;
}

Fault read_from(std::string_view from, Question& question) {
  const auto ip = net::Address::parse_ip(from, 0);
  const auto address = ip ? ip : net::Address::parse(from);
  if (!address) return "--from must be an IP address, not " + quoted(from);
  question.from = *address;
  return std::nullopt;
}

Fault check_host(const Question& question) {
  if (question.kind != Question::Kind::http) return std::nullopt;
  if (!question.fields.empty() && question.fields.front().first == "Host") return std::nullopt;
  return quoted(question.target) + " names no host: give a URL, or -H 'Host: NAME'";
}

}  // namespace

std::string Question::head_text() const {
  std::string text = method + ' ' + target + " HTTP/1.1\r\n";
  for (const auto& [name, value] : fields) text.append(name).append(": ").append(value) += "\r\n";
  return text + "\r\n";
}

base::Result<Question, std::string> read_question(const Words& words) {
  Question question;
  question.listener = words.listener;
  if (const Fault fault = read_request(words.request, question)) return Failure{*fault};
  for (const auto& header : words.headers) {
    if (const Fault fault = read_header(header, question)) return Failure{*fault};
  }
  const std::string_view from = words.from.empty() ? kHere : std::string_view(words.from);
  if (const Fault fault = read_from(from, question)) return Failure{*fault};
  if (const Fault fault = check_host(question)) return Failure{*fault};
  return question;
}

}  // namespace poise::explain
