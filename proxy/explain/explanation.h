// What becomes of a request and why, as plain data: what explain() gathers and the renderers show.
// Owns all its text. Settings stand as the configuration writes them, "none" for what is off.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace poise::explain {

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct RouteVerdict {
  std::string route{};
  bool takes = false;
  // What does not hold, where it does not: the key of `match`, what the route wants, what there is
  // (empty: nothing).
  std::string condition{};
  std::string wanted{};
  std::string found{};
};

// What a running poise knows of a backend at this moment.
struct LiveFacts {
  std::string state{};  // "up", "down", …
  std::uint64_t in_flight = 0;
  std::uint32_t connections = 0;
};

struct Candidate {
  std::string name{};
  std::string address{};
  std::uint32_t weight = 1;
  std::uint32_t tier = 0;
  std::string zone{};
  std::uint32_t max_connections = 0;  // in force; 0: no limit
  std::optional<double> share{};      // of what is new, by weights; nothing where names count too
  std::string why_not{};              // why nothing new goes there; empty where it does
  std::optional<double> score{};      // what the strategy holds against it
  std::optional<LiveFacts> live{};    // nothing: poise is not asked, but its configuration
};

struct HashKey {
  std::string source{};  // as the configuration writes it
  std::string text{};    // what is hashed; empty: the request has none and goes anywhere
};

struct Session {
  std::string cookie{};  // its name
  std::string home{};    // the backend it names; empty: none that is valid came
};

struct PoolChoice {
  std::string name{};
  double share = 1;  // of the route's requests
  std::string strategy{};
  std::optional<HashKey> key{};
  std::optional<Session> session{};
  std::optional<std::string> lands_on{};  // where key or session decide alone
  std::vector<Candidate> candidates{};
  std::vector<std::string> unresolved{};  // names whose addresses are not known here
  bool panics = false;
  Pairs balancing{};
  Pairs connections{};
  Pairs queue{};  // HTTP only, as are timeouts
  Pairs retry{};
  Pairs timeouts{};
  std::string health{};
};

// What a backend gets. Of several pools the first one's: another may get cookies more or less.
struct SentRequest {
  std::string method{};
  std::string target{};
  std::string host{};
  Pairs fields{};
};

// What poise answers itself.
struct OwnReply {
  Pairs fields{};
  std::string body{};
};

enum class Outcome : std::uint8_t { proxied, redirected, answered, denied, no_route, refused };
std::string_view to_text(Outcome outcome);

struct ListenerAnswer {
  std::string listener{};
  std::vector<std::string> bind{};
  std::string protocol{};
  std::string client{};                // whom routes and keys see
  bool client_was_told = false;        // by a trusted proxy's X-Forwarded-For
  std::vector<RouteVerdict> routes{};  // in order, up to the one that takes it
  std::size_t not_asked = 0;           // further routes
  Outcome outcome = Outcome::no_route;
  std::string route{};
  int status = 0;        // where poise answers itself over HTTP
  std::string cause{};   // where it fails
  std::string detail{};  // the same in words
  std::optional<OwnReply> reply{};
  std::optional<SentRequest> to_backend{};
  std::vector<PoolChoice> pools{};  // several for a split
  Pairs limits{};
  Pairs timeouts{};
};

struct Explanation {
  std::string request{};  // "GET /path"; empty for TCP
  std::string host{};
  std::string from{};
  std::vector<std::string> notes{};
  std::vector<ListenerAnswer> listeners{};
};

}  // namespace poise::explain
