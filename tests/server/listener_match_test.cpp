#include "proxy/server/listener_match.h"

#include <catch2/catch.hpp>
#include <initializer_list>

using namespace poise;
using conf::ListenerConfig;
using conf::Protocol;
using server::OpenListener;

namespace {

using Binds = std::initializer_list<const char*>;

net::Address at(const char* text) { return *net::Address::parse(text); }

ListenerConfig wanted(const char* name, Binds binds, Protocol protocol = Protocol::http) {
  ListenerConfig listener;
  listener.name = name;
  listener.protocol = protocol;
  for (const char* bind : binds) listener.bind.push_back(at(bind));
  return listener;
}

// Numbers its door and its sockets from `first`.
OpenListener opened(const char* name, server::DoorId first, Binds binds) {
  OpenListener listener;
  listener.name = name;
  listener.door = first;
  for (const char* bind : binds) listener.sockets.push_back({++first, at(bind), at(bind)});
  return listener;
}

// "10: 11 12 | new: 13 new"
std::string story(const std::vector<OpenListener>& open,
                  const std::vector<ListenerConfig>& listeners) {
  std::string text;
  for (const auto& match : server::match_listeners(open, listeners)) {
    if (!text.empty()) text += " | ";
    text += (match.listener == nullptr ? "new" : std::to_string(match.listener->door)) + ":";
    for (const auto* socket : match.sockets) {
      text += socket == nullptr ? " new" : ' ' + std::to_string(socket->id);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("a listener of the same name goes on, with the sockets it still wants") {
  const std::vector<OpenListener> before{opened("web", 10, {"127.0.0.1:80", "127.0.0.1:81"}),
                                         opened("other", 20, {"127.0.0.1:90"})};
  CHECK(story(before, {wanted("web", {"127.0.0.1:81", "127.0.0.1:82"})}) == "10: 12 new");
  CHECK(story(before, {wanted("other", {"127.0.0.1:90"}), wanted("more", {"127.0.0.1:99"})}) ==
        "20: 21 | new: new");
  CHECK(story({}, {wanted("web", {"127.0.0.1:80"})}) == "new: new");
}

TEST_CASE("a renamed listener goes on by its address") {
  const std::vector<OpenListener> before{opened("web", 10, {"127.0.0.1:80"})};
  CHECK(story(before, {wanted("site", {"127.0.0.1:99", "127.0.0.1:80"})}) == "10: new 11");
}

TEST_CASE("names go before addresses, and nothing goes on twice") {
  const std::vector<OpenListener> before{opened("a", 10, {"127.0.0.1:80"}),
                                         opened("b", 20, {"127.0.0.1:90"})};
  // They swap their addresses: the doors stay with the names, the sockets with the addresses.
  CHECK(story(before, {wanted("a", {"127.0.0.1:90"}), wanted("b", {"127.0.0.1:80"})}) ==
        "10: 21 | 20: 11");
  CHECK(story(before, {wanted("c", {"127.0.0.1:80"}), wanted("d", {"127.0.0.1:80"})}) ==
        "10: 11 | new: new");
}

TEST_CASE("another protocol is another listener, with the same socket") {
  const std::vector<OpenListener> before{opened("web", 10, {"127.0.0.1:80"})};
  CHECK(story(before, {wanted("web", {"127.0.0.1:80"}, Protocol::tcp)}) == "new: 11");
}

TEST_CASE("of several sockets for any port, each listener keeps its own") {
  const std::vector<OpenListener> before{opened("a", 10, {"127.0.0.1:0"}),
                                         opened("b", 20, {"127.0.0.1:0", "127.0.0.1:0"})};
  CHECK(story(before, {wanted("b", {"127.0.0.1:0", "127.0.0.1:0"}),
                       wanted("a", {"127.0.0.1:0"})}) == "20: 21 22 | 10: 11");
}
