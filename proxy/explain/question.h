// What somebody wants explained: an HTTP request, a TCP or a TLS client, from a place, at one
// listener or whichever fits. Read from words as a person types them; what cannot be a request at
// all is refused here, the rest is left to the parser that clients meet.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "proxy/base/result.h"
#include "proxy/net/address.h"

namespace poise::explain {

struct Words {
  std::string request{};  // "[METHOD] URL", "[METHOD] /PATH", "tcp ADDRESS" or "tls NAME"
  std::vector<std::string> headers{};  // "Name: value" each
  std::string from{};                  // an address, with or without port; empty: 127.0.0.1
  std::string listener{};              // a listener's name; empty: whichever fits
};

struct Question {
  enum class Kind : std::uint8_t { http, tcp, tls, none };  // none: only a listener is named
  Kind kind = Kind::none;
  std::string method{};
  std::string scheme{};    // empty where only a path is given
  std::string target{};    // path and query
  std::string place{};     // host of the URL, address of the TCP listener or name in TLS
  std::uint16_t port = 0;  // where the client connects to; 0: not said
  std::vector<std::pair<std::string, std::string>> fields{};  // Host is one of them
  std::vector<std::string> protocols{};                       // that a TLS client offers
  net::Address from{};
  std::string listener{};

  // The request as it would come to poise over HTTP/1.1.
  std::string head_text() const;
};

base::Result<Question, std::string> read_question(const Words& words);

}  // namespace poise::explain
