#include "tests/net/dns_stage.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>

namespace poise::test {

namespace {

constexpr std::uint16_t kInternet = 1;

WireText record_text(const DnsRecord& record) {
  return dns_name(record.owner) + dns_number(record.type, 2) + dns_number(kInternet, 2) +
         dns_number(record.ttl, 4) + dns_number(static_cast<std::uint32_t>(record.data.size()), 2) +
         record.data;
}

WireText ip_bytes(int family, const std::string& ip) {
  char bytes[16];
  REQUIRE(inet_pton(family, ip.c_str(), bytes) == 1);
  return {bytes, family == AF_INET ? std::size_t{4} : 16};
}

std::string name_in(const WireText& message, std::size_t& at) {
  std::string name;
  while (at < message.size() && message[at] != 0) {
    const auto length = static_cast<std::size_t>(message[at]);
    name += (name.empty() ? "" : ".") + message.substr(at + 1, length);
    at += length + 1;
  }
  ++at;
  return net::canonical_name(name);
}

std::uint16_t two_at(const WireText& message, std::size_t at) {
  if (at + 2 > message.size()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(message[i]); };
  return static_cast<std::uint16_t>(byte(at) << 8 | byte(at + 1));
}

net::Fd open_on(const net::Address& address, int type, net::Address& bound) {
  net::Fd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd.get(), address.get(), address.length()) != 0) return {};
  sockaddr_storage name{};
  socklen_t length = sizeof name;
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&name), &length);
  bound = net::Address(reinterpret_cast<sockaddr*>(&name), length);
  return fd;
}

bool read_exactly(int fd, WireText& into, std::size_t size) {
  into.resize(size);
  return ::recv(fd, into.data(), size, MSG_WAITALL) == static_cast<ssize_t>(size);
}

}  // namespace

WireText dns_number(std::uint32_t value, int bytes) {
  WireText text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i));
  return text;
}

WireText dns_name(const std::string& name) {
  WireText text;
  std::size_t begin = 0;
  while (begin < name.size()) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    text += static_cast<char>(end - begin) + name.substr(begin, end - begin);
    begin = end + 1;
  }
  return text + '\0';
}

DnsRecord a_record(const std::string& owner, const std::string& ip, std::uint32_t ttl) {
  return {owner, 1, ttl, ip_bytes(AF_INET, ip)};
}
DnsRecord aaaa_record(const std::string& owner, const std::string& ip, std::uint32_t ttl) {
  return {owner, 28, ttl, ip_bytes(AF_INET6, ip)};
}
DnsRecord alias_record(const std::string& owner, const std::string& target, std::uint32_t ttl) {
  return {owner, 5, ttl, dns_name(target)};
}
DnsRecord service_record(const std::string& owner, const std::string& target, std::uint16_t port,
                         std::uint16_t priority, std::uint16_t weight, std::uint32_t ttl) {
  return {owner, 33, ttl,
          dns_number(priority, 2) + dns_number(weight, 2) + dns_number(port, 2) + dns_name(target)};
}

WireText dns_message(const std::string& question, std::uint16_t type, const DnsScript& script,
                     std::uint16_t id) {
  WireText message = dns_number(id, 2) + dns_number(0x8180U | unsigned(script.code), 2);
  if (!script.instead.empty()) return message + script.instead;
  message += dns_number(1, 2) + dns_number(static_cast<std::uint32_t>(script.answers.size()), 2) +
             dns_number(0, 2) + dns_number(static_cast<std::uint32_t>(script.additional.size()), 2);
  message += dns_name(question) + dns_number(type, 2) + dns_number(kInternet, 2);
  for (const DnsRecord& record : script.answers) message += record_text(record);
  for (const DnsRecord& record : script.additional) message += record_text(record);
  return message;
}

// The kernel picks a port for UDP; that TCP has it too is likely, not certain.
DnsStage::DnsStage() {
  for (int tries = 0; tries < 50 && !listener_; ++tries) {
    datagrams_ = open_on(*net::Address::parse("127.0.0.1:0"), SOCK_DGRAM, address_);
    listener_ = open_on(address_, SOCK_STREAM, address_);
  }
  REQUIRE(listener_);
  REQUIRE(::listen(listener_.get(), 16) == 0);
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  stop_read_ = net::Fd(ends[0]);
  stop_write_ = net::Fd(ends[1]);
  thread_ = std::thread([this] { run(); });
}

DnsStage::~DnsStage() {
  stop_write_.reset();
  thread_.join();
}

void DnsStage::answer(const std::string& name, net::RecordType type, DnsScript script) {
  const std::lock_guard lock(mutex_);
  scripts_[{net::canonical_name(name), static_cast<std::uint16_t>(type)}] = std::move(script);
}

int DnsStage::asked(const std::string& name, net::RecordType type) {
  const std::lock_guard lock(mutex_);
  return asked_[{net::canonical_name(name), static_cast<std::uint16_t>(type)}];
}

void DnsStage::run() {
  pollfd ready[3] = {
      {datagrams_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}, {stop_read_.get(), POLLIN, 0}};
  while (::poll(ready, 3, -1) > 0 && ready[2].revents == 0) {
    if (ready[0].revents != 0) serve_datagram();
    if (ready[1].revents != 0) serve_stream();
  }
}

void DnsStage::serve_datagram() {
  WireText question(4096, '\0');
  sockaddr_in peer{};
  socklen_t length = sizeof peer;
  const ssize_t size = ::recvfrom(datagrams_.get(), question.data(), question.size(), 0,
                                  reinterpret_cast<sockaddr*>(&peer), &length);
  if (size <= 0) return;
  question.resize(static_cast<std::size_t>(size));
  const WireText reply = reply_to(question, By::udp);
  if (reply.empty()) return;
  (void)::sendto(datagrams_.get(), reply.data(), reply.size(), 0,
                 reinterpret_cast<const sockaddr*>(&peer), length);
}

void DnsStage::serve_stream() {
  const net::Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  WireText size;
  WireText question;
  while (fd && read_exactly(fd.get(), size, 2) &&
         read_exactly(fd.get(), question, two_at(size, 0))) {
    ++by_tcp_;
    const WireText reply = reply_to(question, By::tcp);
    if (reply.empty()) return;
    const WireText framed = dns_number(static_cast<std::uint32_t>(reply.size()), 2) + reply;
    (void)::send(fd.get(), framed.data(), framed.size(), MSG_NOSIGNAL);
  }
}

WireText DnsStage::reply_to(const WireText& question, By by) {
  std::size_t at = 12;
  const std::string name = name_in(question, at);
  const std::uint16_t type = two_at(question, at);
  const std::lock_guard lock(mutex_);
  ++asked_[{name, type}];
  const auto found = scripts_.find({name, type});
  DnsScript script;
  if (found != scripts_.end()) {
    if (found->second.drops-- > 0) return {};
    script = found->second;
  } else if (std::none_of(scripts_.begin(), scripts_.end(),
                          [&](const auto& each) { return each.first.first == name; })) {
    script.code = 3;
  }
  if (script.is_silent) return {};
  const bool truncates = script.truncates && by == By::udp;
  if (truncates) script.answers.clear();
  WireText message = dns_message(name, type, script, two_at(question, 0));
  if (truncates) message[2] = static_cast<char>(message[2] | 0x02);
  return message;
}

}  // namespace poise::test
