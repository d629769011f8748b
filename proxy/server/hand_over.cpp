#include "proxy/server/hand_over.h"

#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "proxy/base/hmac.h"
#include "tls/ticket_keys.h"

namespace poise::server {
namespace {

using nlohmann::json;
using Probes = health::Threshold::State;
using Ejected = health::Ejection::State;

// A change that an older or newer poise would misread is another number.
constexpr int kVersion = 1;
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kMostSockets = 65536;

// The first thing that is wrong; what is read after it is worth nothing.
class Reader {
 public:
  Reader(const json& object, std::string& fault) : object_(object), fault_(fault) {
    if (!object_.is_object()) fail("an entry is no object");
  }

  std::string text(const char* name) {
    const json* value = find(name);
    if (value == nullptr || !value->is_string()) return fail_at(name), std::string();
    return value->get<std::string>();
  }
  std::uint64_t number(const char* name) {
    const json* value = find(name);
    if (value == nullptr || !value->is_number_unsigned()) return fail_at(name), 0;
    return value->get<std::uint64_t>();
  }
  bool flag(const char* name) {
    const json* value = find(name);
    if (value == nullptr || !value->is_boolean()) return fail_at(name), false;
    return value->get<bool>();
  }
  const json& list(const char* name) {
    static const json kNone = json::array();
    const json* value = find(name);
    if (value == nullptr || !value->is_array()) return fail_at(name), kNone;
    return *value;
  }
  net::Address address(const char* name) {
    const auto address = net::Address::parse(text(name), net::Address::Wildcard::allowed);
    if (!address) fail_at(name);
    return address.value_or(net::Address());
  }
  base::MonotonicTime time(const char* name) {
    const std::uint64_t nanoseconds = number(name);
    if (nanoseconds > std::uint64_t{1} << 62) fail_at(name);
    return base::MonotonicTime(base::Duration(nanoseconds));
  }
  // One of the words, by its number.
  template <class E, std::size_t N>
  E choice(const char* name, const std::array<const char*, N>& words) {
    const std::string found = text(name);
    for (std::size_t i = 0; i < N; ++i) {
      if (found == words[i]) return static_cast<E>(i);
    }
    fail_at(name);
    return E{};
  }
  void fail_at(const std::string& name) { fail("'" + name + "' is missing or wrong"); }

 private:
  const json* find(const char* name) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
  }
  void fail(std::string why) {
    if (fault_.empty()) fault_ = std::move(why);
  }

  const json& object_;
  std::string& fault_;
};

constexpr std::array<const char*, 3> kProbes{"unknown", "up", "down"};
constexpr std::array<const char*, 3> kEjected{"in_service", "ejected", "probation"};
constexpr std::array<const char*, health::kEjectReasons> kReasons{"consecutive_failures",
                                                                  "failure_percent", "latency"};

template <class E, std::size_t N>
const char* word(const std::array<const char*, N>& words, E value) {
  return words[static_cast<std::size_t>(value)];
}

std::uint64_t number_of(base::MonotonicTime time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

// ---- sockets

json json_of(const HandOver::Sockets& sockets) {
  return {{"asked", sockets.asked.text()},
          {"bound", sockets.bound.text()},
          {"foreign", sockets.is_foreign},
          {"descriptors", sockets.descriptors}};
}

HandOver::Sockets sockets_of(const json& entry, std::string& fault) {
  Reader reader(entry, fault);
  HandOver::Sockets sockets;
  sockets.asked = reader.address("asked");
  sockets.bound = reader.address("bound");
  sockets.is_foreign = reader.flag("foreign");
  for (const json& number : reader.list("descriptors")) {
    const bool fits = number.is_number_unsigned() && number.get<std::uint64_t>() < kMostSockets;
    if (!fits) reader.fail_at("descriptors");
    sockets.descriptors.push_back(fits ? number.get<int>() : -1);
  }
  if (sockets.descriptors.empty()) reader.fail_at("descriptors");
  return sockets;
}

// ---- health

json json_of(const health::KnownBackend& known) {
  return {{"pool", known.pool},
          {"backend", known.name},
          {"address", known.address.text()},
          {"probes", word(kProbes, known.probes)},
          {"turned_at", number_of(known.turned_at)},
          {"ejection", word(kEjected, known.ejection.state)},
          {"ejections", known.ejection.times},
          {"since", number_of(known.ejection.since)},
          {"until", number_of(known.ejection.until)},
          {"reason", word(kReasons, known.reason)}};
}

health::KnownBackend known_of(const json& entry, std::string& fault) {
  Reader reader(entry, fault);
  health::KnownBackend known;
  known.pool = reader.text("pool");
  known.name = reader.text("backend");
  known.address = reader.address("address");
  known.probes = reader.choice<Probes>("probes", kProbes);
  known.turned_at = reader.time("turned_at");
  known.ejection.state = reader.choice<Ejected>("ejection", kEjected);
  const std::uint64_t times = reader.number("ejections");
  if (times > std::numeric_limits<std::uint32_t>::max()) reader.fail_at("ejections");
  known.ejection.times = static_cast<std::uint32_t>(times);
  known.ejection.since = reader.time("since");
  known.ejection.until = reader.time("until");
  known.reason = reader.choice<health::EjectReason>("reason", kReasons);
  return known;
}

std::string base64_of(const std::string& bytes) {
  return base::to_base64url({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

// As many as there are: an older poise has told none.
std::string ticket_keys_of(Reader& reader) {
  const std::string text = reader.text("ticket_keys");
  std::vector<std::uint8_t> bytes(text.size() * 3 / 4);
  std::string keys;
  if (base::from_base64url(text, bytes)) keys.assign(bytes.begin(), bytes.end());
  if (!tls::TicketKeys::from_bytes(keys)) reader.fail_at("ticket_keys");
  return keys;
}

std::string secret_of(Reader& reader) {
  std::array<std::uint8_t, kSecretBytes> bytes{};
  if (!base::from_base64url(reader.text("sticky_secret"), bytes)) reader.fail_at("sticky_secret");
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::string to_json(const HandOver& what) {
  json all{{"version", kVersion}, {"generation", what.generation}};
  all["sockets"] = json::array();
  for (const auto& sockets : what.sockets) all["sockets"].push_back(json_of(sockets));
  if (what.port) all["port"] = json_of(*what.port);
  all["sticky_secret"] = base64_of(what.sticky_secret);
  if (!what.ticket_keys.empty()) all["ticket_keys"] = base64_of(what.ticket_keys);
  all["health"] = json::array();
  what.health.for_each([&](const auto& known) { all["health"].push_back(json_of(known)); });
  return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

base::Result<HandOver, std::string> hand_over_of(std::string_view text) {
  const json all = json::parse(text, nullptr, false);
  if (all.is_discarded()) return base::Failure{std::string("it is no JSON")};
  std::string fault;
  Reader reader(all, fault);
  if (reader.number("version") != kVersion) reader.fail_at("version");
  HandOver what;
  what.generation = reader.number("generation");
  for (const json& entry : reader.list("sockets")) what.sockets.push_back(sockets_of(entry, fault));
  if (all.contains("port")) what.port = sockets_of(all["port"], fault);
  what.sticky_secret = secret_of(reader);
  if (all.contains("ticket_keys")) what.ticket_keys = ticket_keys_of(reader);
  for (const json& entry : reader.list("health")) what.health.add(known_of(entry, fault));
  if (!fault.empty()) return base::Failure{std::move(fault)};
  return what;
}

}  // namespace poise::server
