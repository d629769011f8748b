#include "proxy/net/resolver_channel.h"

#include <ares.h>

#include <algorithm>
#include <utility>

#include "proxy/base/check.h"
#include "proxy/base/log.h"

namespace poise::net {

namespace {

constexpr const char* kResolvConf = "/etc/resolv.conf";
constexpr int kInternet = 1;
// A thousand names of one configuration must not burst upon the server's socket.
constexpr std::size_t kMostInFlight = 64;
// Fits a datagram that is not fragmented on any usual path (DNS flag day 2020).
constexpr int kDatagramBytes = 1232;

int as_milliseconds(base::Duration duration) {
  return static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(duration).count());
}

ares_addr_port_node server_node(const Address& address) {
  ares_addr_port_node node{};
  node.family = address.family();
  node.udp_port = node.tcp_port = address.port();
  if (address.family() == AF_INET) {
    node.addr.addr4 = reinterpret_cast<const sockaddr_in*>(address.get())->sin_addr;
  } else {
    const auto& v6 = reinterpret_cast<const sockaddr_in6*>(address.get())->sin6_addr;
    std::copy(std::begin(v6.s6_addr), std::end(v6.s6_addr), node.addr.addr6._S6_un._S6_u8);
  }
  return node;
}

bool set_servers(ares_channeldata* channel, const std::vector<Address>& servers) {
  if (servers.empty()) return true;
  std::vector<ares_addr_port_node> nodes;
  for (const Address& server : servers) nodes.push_back(server_node(server));
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i) nodes[i].next = &nodes[i + 1];
  return ares_set_servers_ports(channel, nodes.data()) == ARES_SUCCESS;
}

std::string reason_of(int status) {
  switch (status) {
    case ARES_ETIMEOUT:
      return "no DNS server answers";
    case ARES_ECONNREFUSED:
      return "cannot reach a DNS server";
    case ARES_ESERVFAIL:
      return "the DNS server failed";
    case ARES_EREFUSED:
      return "the DNS server refused to answer";
    case ARES_EBADRESP:
      return "the DNS server's answer is malformed";
    case ARES_ENOTINITIALIZED:
      return "name resolution could not be set up";
    default:
      return ares_strerror(status);
  }
}

DnsReply make_reply(RecordType type, int status, std::span<const std::uint8_t> message) {
  if (status == ARES_ENOTFOUND || status == ARES_ENODATA) return {DnsReply::Kind::denied, {}, {}};
  if (status != ARES_SUCCESS) return {DnsReply::Kind::failed, {}, reason_of(status)};
  auto answer = parse_dns_answer(message, type);
  if (!answer) return {DnsReply::Kind::failed, {}, reason_of(ARES_EBADRESP)};
  if (answer->is_empty()) return {DnsReply::Kind::denied, {}, {}};
  return {DnsReply::Kind::answered, std::move(*answer), {}};
}

}  // namespace

// c-ares has it until it calls back, whether or not somebody still wants to hear.
struct DnsQuery::InFlight {
  ResolverChannel* channel;
  DnsQuery* query;  // null: taken back
  DnsReply reply;
};

DnsQuery::~DnsQuery() {
  if (in_flight_ != nullptr) in_flight_->query = nullptr;
}

// Outlives its place in watches_ until libuv has let go of it.
struct ResolverChannel::Watch {
  uv_poll_t handle{};
  ResolverChannel* channel = nullptr;
  int socket = -1;
};

ResolverChannel::ResolverChannel(Loop& loop, DnsConfig config)
    : loop_(loop),
      config_(std::move(config)),
      timer_(base::Timer::calling<ResolverChannel, &ResolverChannel::on_timer>(this)) {
  POISE_CHECK(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS);
}

ResolverChannel::~ResolverChannel() {
  close();
  ares_library_cleanup();
}

void ResolverChannel::ask(DnsQuery& query) {
  waiting_.push_back(query);
  loop_.schedule(*this);
}

void ResolverChannel::configure(DnsConfig config) {
  config_ = std::move(config);
  close();
  loop_.schedule(*this);
}

bool ResolverChannel::open() {
  if (ares_ != nullptr) return true;
  resolv_conf_ = FileStamp::of(kResolvConf);
  ares_options options{};
  options.flags = ARES_FLAG_EDNS | ARES_FLAG_NOALIASES;
  options.ednspsz = kDatagramBytes;
  options.timeout = as_milliseconds(config_.timeout);
  options.tries = static_cast<int>(config_.attempts);
  options.sock_state_cb_data = this;
  options.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) {
    static_cast<ResolverChannel*>(self)->watch(socket, readable != 0, writable != 0);
  };
  const int set = ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                  ARES_OPT_SOCK_STATE_CB;
  if (ares_init_options(&ares_, &options, set) != ARES_SUCCESS) {
    ares_ = nullptr;
    return false;
  }
  if (set_servers(ares_, config_.servers)) return true;
  close();
  return false;
}

// Its callbacks all come from within, and put what is still wanted back in line.
void ResolverChannel::close() {
  timer_.cancel();
  if (ares_ == nullptr) return;
  closing_ = true;
  ares_destroy(std::exchange(ares_, nullptr));
  closing_ = false;
  POISE_DCHECK(watches_.empty());
}

void ResolverChannel::run() {
  send_waiting();
  std::deque<std::unique_ptr<InFlight>> done;
  done.swap(done_);
  for (const auto& each : done) {
    DnsQuery* query = std::exchange(each->query, nullptr);
    if (query == nullptr) continue;
    query->in_flight_ = nullptr;
    query->on_reply(std::move(each->reply));
  }
  plan_timer();
}

void ResolverChannel::send_waiting() {
  const bool is_stale = in_flight_ == 0 && FileStamp::of(kResolvConf) != resolv_conf_;
  if (!waiting_.empty() && is_stale) close();
  while (!waiting_.empty() && in_flight_ < kMostInFlight) send(waiting_.front());
}

// c-ares may call back before it returns.
void ResolverChannel::send(DnsQuery& query) {
  query.unlink();
  auto* in_flight = std::make_unique<InFlight>(InFlight{this, &query, {}}).release();
  query.in_flight_ = in_flight;
  ++in_flight_;
  if (!open()) return on_answer(*in_flight, ARES_ENOTINITIALIZED, nullptr, 0);
  ares_search(
      ares_, query.name().c_str(), kInternet, static_cast<int>(query.type()),
      [](void* argument, int status, int, unsigned char* message, int length) {
        auto& done = *static_cast<InFlight*>(argument);
        done.channel->on_answer(done, status, message, length);
      },
      in_flight);
}

void ResolverChannel::on_answer(InFlight& done, int status, const unsigned char* message,
                                int length) noexcept {
  std::unique_ptr<InFlight> owned(&done);
  --in_flight_;
  if (done.query == nullptr) return loop_.schedule(*this);
  if (closing_) {
    done.query->in_flight_ = nullptr;
    return waiting_.push_back(*done.query);
  }
  const std::span<const std::uint8_t> bytes(message, message == nullptr ? 0 : length);
  done.reply = make_reply(done.query->type(), status, bytes);
  done_.push_back(std::move(owned));
  loop_.schedule(*this);
}

void ResolverChannel::watch(int socket, bool readable, bool writable) noexcept {
  auto found = watches_.find(socket);
  if (!readable && !writable) {
    if (found == watches_.end()) return;
    Watch* watch = found->second;
    watches_.erase(found);
    watch->channel = nullptr;
    uv_close(reinterpret_cast<uv_handle_t*>(&watch->handle), [](uv_handle_t* handle) {
      const std::unique_ptr<Watch> owned(static_cast<Watch*>(handle->data));
    });
    return;
  }
  if (found == watches_.end()) {
    Watch* watch = std::make_unique<Watch>().release();
    POISE_CHECK(uv_poll_init(loop_.uv(), &watch->handle, socket) == 0);
    watch->handle.data = watch;
    watch->channel = this;
    watch->socket = socket;
    found = watches_.emplace(socket, watch).first;
  }
  const int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
  uv_poll_start(&found->second->handle, events, [](uv_poll_t* handle, int status, int ready) {
    const Watch& watch = *static_cast<Watch*>(handle->data);
    if (watch.channel == nullptr) return;
    const bool failed = status < 0;
    watch.channel->process(failed || (ready & UV_READABLE) != 0 ? watch.socket : ARES_SOCKET_BAD,
                           failed || (ready & UV_WRITABLE) != 0 ? watch.socket : ARES_SOCKET_BAD);
  });
}

void ResolverChannel::process(int readable, int writable) {
  Loop& loop = loop_;
  loop.begin_callback();
  ares_process_fd(ares_, readable, writable);
  plan_timer();
  loop.end_callback();
}

void ResolverChannel::on_timer() {
  if (ares_ == nullptr) return;
  ares_process_fd(ares_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  plan_timer();
}

void ResolverChannel::plan_timer() {
  timer_.cancel();
  if (ares_ == nullptr) return;
  timeval wait{};
  if (ares_timeout(ares_, nullptr, &wait) == nullptr) return;
  const auto delay = std::chrono::seconds(wait.tv_sec) + std::chrono::microseconds(wait.tv_usec);
  loop_.arm(timer_, loop_.read_now() + delay);
}

const char* resolver_library_version() { return ares_version(nullptr); }

}  // namespace poise::net
