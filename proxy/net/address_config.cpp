#include "proxy/net/address_config.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "conf/reader/names.h"
#include "conf/reader/quantities.h"
#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_reader.h"

namespace poise::net {

namespace {

constexpr std::string_view kLocalhost = "localhost:";
constexpr std::string_view kNeedsPort = "must have a port that is not 0";

std::string resolve_localhost(std::string text) {
  if (text.starts_with(kLocalhost)) text.replace(0, kLocalhost.size(), "127.0.0.1:");
  return text;
}

bool is_port(std::string_view text) {
  const auto port = conf::parse_whole(text);
  return port && *port <= 65535;
}

constexpr std::size_t kMostNameBytes = 253;
constexpr std::size_t kMostLabelBytes = 63;

bool is_label(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return !text.empty() && text.size() <= kMostLabelBytes &&
         std::all_of(text.begin(), text.end(), allowed);
}

// A dot at the end makes it whole: the search list is not for it. Digits and dots alone are a
// mistyped address.
bool is_host_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  if (text.size() > kMostNameBytes || std::none_of(text.begin(), text.end(), is_letter)) {
    return false;
  }
  for (;;) {
    const auto dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == text.npos) return true;
    text.remove_prefix(dot + 1);
  }
}

std::optional<Question> parse_host(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == text.npos || !is_host_name(text.substr(0, colon))) return std::nullopt;
  const std::string_view port = text.substr(colon + 1);
  if (!is_port(port)) return std::nullopt;
  return Question{Question::Kind::hosts, std::string(text.substr(0, colon)),
                  static_cast<std::uint16_t>(*conf::parse_whole(port))};
}

// Why `text`, which is no address, is none.
std::string fault_of(std::string_view text, Address::Wildcard wildcard) {
  const bool may_listen_everywhere = wildcard == Address::Wildcard::allowed;
  const std::string_view examples = may_listen_everywhere
                                        ? ":8080, 127.0.0.1:8080, [::1]:8080 or unix:/path"
                                        : "127.0.0.1:8080, [::1]:8080, app:8080 or unix:/path";
  const std::string found = ", not " + conf::quoted(text);
  if (may_listen_everywhere && is_port(text)) {
    return "must be an address such as ':" + std::string(text) + "'" + found;
  }
  if (text.starts_with("unix:")) return "must name a path of 1 to 107 bytes" + found;
  const auto colon = text.rfind(':');
  const std::string_view host = text.substr(0, colon);
  if (colon == std::string_view::npos) {
    return "must end in a port, such as " + std::string(host) + ":8080" + found;
  }
  if (may_listen_everywhere && is_host_name(host) && is_port(text.substr(colon + 1))) {
    return "is the host name " + conf::quoted(text) + "; where to listen is an IP address";
  }
  return "must be an address such as " + std::string(examples) + found;
}

void parse_address(conf::YamlValue& value, const std::string& text, Address& address,
                   Address::Wildcard wildcard) {
  const std::string_view name_fault = conf::name_fault(text);
  if (!name_fault.empty()) return value.error(name_fault);
  const auto parsed = Address::parse(resolve_localhost(text), wildcard);
  if (!parsed) return value.error(fault_of(text, wildcard));
  address = *parsed;
}

}  // namespace

void read_bind(conf::YamlValue& value, Address& address) {
  const auto text = value.text();
  if (text) parse_address(value, *text, address, Address::Wildcard::allowed);
}

void read_backend_address(conf::YamlValue& value, Address& address, Question& question) {
  const auto text = value.text();
  if (!text) return;
  if (const auto host = parse_host(resolve_localhost(*text))) {
    question = *host;
    if (question.port == 0) value.error(kNeedsPort);
    return;
  }
  parse_address(value, *text, address, Address::Wildcard::refused);
  const bool is_ip = address.family() == AF_INET || address.family() == AF_INET6;
  if (is_ip && address.port() == 0) value.error(kNeedsPort);
}

void read_question(conf::YamlValue& value, Question::Kind kind, Question& question) {
  const auto text = value.text();
  if (!text) return;
  if (kind == Question::Kind::services) {
    if (is_host_name(*text)) {
      question = {kind, *text, 0};
    } else if (parse_host(*text)) {
      value.error("must be a name alone: the ports come with the services");
    } else {
      value.error("must be a name such as _http._tcp.app.internal, not " + conf::quoted(*text));
    }
    return;
  }
  const auto host = parse_host(*text);
  if (!host)
    return value.error("must be a name and a port such as app.internal:8080, not " +
                       conf::quoted(*text));
  if (host->port == 0) return value.error(kNeedsPort);
  question = *host;
}

void read_networks(conf::YamlMap& map, const char* key, std::vector<Network>& networks) {
  map.each(key, [&](conf::YamlValue& value) {
    const auto text = value.text();
    if (!text) return;
    const auto network = Network::parse(*text);
    if (network) return networks.push_back(*network);
    value.error("must be a network such as 10.0.0.0/8 or fd00::/8, not " + conf::quoted(*text));
  });
}

}  // namespace poise::net
