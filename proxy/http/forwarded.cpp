#include "proxy/http/forwarded.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "proxy/http/validate.h"

namespace poise::http {
namespace {

// Text of a known greatest size that grows in an arena.
class ArenaText {
 public:
  ArenaText(base::Arena& arena, std::size_t most)
      : begin_(static_cast<char*>(arena.allocate(most))), end_(begin_) {}

  ArenaText& add(std::string_view text) {
    if (!text.empty()) std::memcpy(end_, text.data(), text.size());
    end_ += text.size();
    return *this;
  }
  ArenaText& add(char c) {
    *end_++ = c;
    return *this;
  }
  std::string_view text() const { return {begin_, static_cast<std::size_t>(end_ - begin_)}; }

 private:
  char* begin_;
  char* end_;
};

// RFC 7239 section 4: a value is a token or a quoted-string, and a port makes it no token.
void add_value(ArenaText& out, std::string_view value) {
  if (value.empty() || is_token(value)) {
    out.add(value);
    return;
  }
  out.add('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') out.add('\\');
    out.add(c);
  }
  out.add('"');
}

// Room for all received values of the kind and a separator each.
std::size_t list_size(const Fields& received, FieldId id) {
  std::size_t size = 0;
  for (const auto& field : received.all()) size += field.id == id ? field.value.size() + 2 : 0;
  return size;
}

void add_list(ArenaText& out, const Fields& received, FieldId id) {
  for (const auto& field : received.all()) {
    if (field.id == id && !field.value.empty()) out.add(field.value).add(", ");
  }
}

std::string_view make_for(base::Arena& arena, const ForwardedPeer& peer, const Fields& received) {
  if (!peer.is_trusted()) return peer.ip();
  ArenaText out(arena, list_size(received, FieldId::x_forwarded_for) + peer.ip().size());
  add_list(out, received, FieldId::x_forwarded_for);
  return out.add(peer.ip()).text();
}

std::string_view make_forwarded(base::Arena& arena, const ForwardedPeer& peer,
                                const Fields& received, std::string_view scheme,
                                std::string_view host) {
  constexpr std::string_view kFor = "for=", kHost = ";host=", kProto = ";proto=";
  const std::size_t list = peer.is_trusted() ? list_size(received, FieldId::forwarded) : 0;
  // Each character of the host may need a backslash, and the whole needs quotes.
  ArenaText out(arena, list + kFor.size() + peer.node().size() + kHost.size() + 2 * host.size() +
                           2 + kProto.size() + scheme.size());
  if (peer.is_trusted()) add_list(out, received, FieldId::forwarded);
  out.add(kFor).add(peer.node());
  if (!host.empty()) {
    out.add(kHost);
    add_value(out, host);
  }
  return out.add(kProto).add(scheme).text();
}

std::string_view received_or(const ForwardedPeer& peer, const Fields& received, FieldId id,
                             std::string_view otherwise) {
  const Field* field = peer.is_trusted() ? received.find(id) : nullptr;
  return field == nullptr || field->value.empty() ? otherwise : field->value;
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// The forms proxies write: 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1], [2001:db8::1]:80.
std::optional<net::Address> parse_hop(std::string_view text) {
  if (text.starts_with("unix:")) return std::nullopt;
  if (const auto address = net::Address::parse(text)) return address;
  char complete[64];
  if (text.empty() || text.size() + 4 > sizeof complete) return std::nullopt;
  const bool is_bare_v6 = text.front() != '[' && text.find(':') != text.npos;
  char* end = complete;
  if (is_bare_v6) *end++ = '[';
  end = std::copy(text.begin(), text.end(), end);
  if (is_bare_v6) *end++ = ']';
  *end++ = ':';
  *end++ = '0';
  return net::Address::parse({complete, static_cast<std::size_t>(end - complete)});
}

// Takes the last element off a comma-separated list.
std::string_view take_last(std::string_view& list) {
  const auto comma = list.rfind(',');
  const std::string_view last = list.substr(comma == list.npos ? 0 : comma + 1);
  list = list.substr(0, comma == list.npos ? 0 : comma);
  return trim(last);
}

enum class Search : std::uint8_t { goes_on, ended };

// Walks one field from the right for as long as the client found so far is trusted.
Search walk_back(std::string_view list, const std::vector<net::Network>& trusted,
                 net::Address& client) {
  while (!list.empty()) {
    const std::string_view hop = take_last(list);
    if (hop.empty()) continue;
    const auto address = parse_hop(hop);
    if (!address) return Search::ended;
    client = *address;
    if (!net::contains(trusted, client)) return Search::ended;
  }
  return Search::goes_on;
}

}  // namespace

ForwardedPeer::ForwardedPeer(const net::Address& address, const std::vector<net::Network>& trusted)
    : address_(address),
      is_trusted_(net::contains(trusted, address)),
      ip_(address.is_unix() ? "unknown" : address.ip_text()),
      node_(ip_.find(':') == ip_.npos ? ip_ : "\"[" + ip_ + "]\"") {}

ForwardedValues forwarded_values(base::Arena& arena, const ForwardedPeer& peer,
                                 const Fields& received, std::string_view scheme,
                                 std::string_view host) {
  return {.x_forwarded_for = make_for(arena, peer, received),
          .x_forwarded_proto = received_or(peer, received, FieldId::x_forwarded_proto, scheme),
          .x_forwarded_host = received_or(peer, received, FieldId::x_forwarded_host, host),
          .forwarded = make_forwarded(arena, peer, received, scheme, host)};
}

net::Address client_address(const ForwardedPeer& peer, const Fields& received,
                            const std::vector<net::Network>& trusted) {
  net::Address client = peer.address();
  if (!peer.is_trusted()) return client;
  const auto fields = received.all();
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    if (field->id != FieldId::x_forwarded_for) continue;
    if (walk_back(field->value, trusted, client) == Search::ended) break;
  }
  return client;
}

}  // namespace poise::http
