#include "proxy/server/demo.h"

#include <cstring>

#include "proxy/base/log.h"

namespace poise::server {
namespace {

constexpr base::Duration kDownTime = std::chrono::seconds(10);

// Answers every request at its end with the backend's name.
class DemoHandler final : public http::StreamHandler, private http::MessageSource {
 public:
  DemoHandler(DemoBackend& backend, http::InboundStream& stream)
      : backend_(backend), stream_(stream) {}

  void head(http::RequestHead& head) noexcept override {
    is_head_ = head.method == http::Method::head;
    fails_ = head.method == http::Method::post && head.path == "/fail";
  }
  void body(base::Bytes bytes) noexcept override { stream_.consumed(bytes.size()); }
  void end(const http::Fields&) noexcept override {
    if (fails_) {
      answer(backend_.name() + " refuses connections for 10 seconds\n");
      backend_.fail_for_a_while();
    } else {
      answer("Hello from " + backend_.name() + "\n");
    }
  }
  void abort(const base::Error&) noexcept override {}
  void finished() noexcept override {}

 private:
  void consumed(std::size_t) noexcept override {}
  void cancel(const base::Error&) noexcept override {}

  void answer(const std::string& text) {
    http::ResponseHead head;
    head.status = 200;
    head.framing = is_head_ ? http::Framing::none : http::Framing::length;
    head.content_length = text.size();
    head.has_length = true;
    head.fields.add(head.arena, "Content-Type", "text/plain");
    auto& sink = stream_.respond(*this);
    sink.head(head);
    if (!is_head_) sink.body(text);
    sink.end({});
  }

  DemoBackend& backend_;
  http::InboundStream& stream_;
  bool is_head_ = false;
  bool fails_ = false;
};

}  // namespace

DemoBackend::DemoBackend(net::Loop& loop, std::string name)
    : loop_(loop),
      name_(std::move(name)),
      address_(*net::Address::parse("127.0.0.1:0")),
      timer_(base::Timer::calling<DemoBackend, &DemoBackend::go_down>(this)) {}

DemoBackend::~DemoBackend() = default;

int DemoBackend::open() {
  auto socket = net::listen_on(address_);
  if (!socket) return socket.error();
  address_ = socket->bound;
  listener_ = std::make_unique<net::Listener>(loop_, std::move(socket->fd),
                                              static_cast<net::Listener::Events&>(*this));
  listener_->start();
  return 0;
}

void DemoBackend::on_accepted(net::Fd fd, const net::Address& peer) noexcept {
  auto connection =
      std::make_unique<http::H1Inbound>(loop_, static_cast<http::InboundOwner&>(*this), peer);
  if (connection->open(std::move(fd))) connections_.add(std::move(connection));
}

std::unique_ptr<http::StreamHandler> DemoBackend::make_handler(
    http::InboundStream& stream) noexcept {
  return std::make_unique<DemoHandler>(*this, stream);
}

void DemoBackend::on_inbound_closed(http::H1Inbound& connection) noexcept {
  loop_.defer(connections_.take(connection));
}

// A moment later, so that the answer to whoever asked for it still leaves.
void DemoBackend::fail_for_a_while() {
  failed_ = true;
  loop_.arm_in(timer_, std::chrono::milliseconds(50));
}

void DemoBackend::go_down() {
  if (listener_ == nullptr) return come_back();
  base::log(base::Level::warn, "{} is down", name_);
  listener_.reset();
  connections_.for_each([](http::H1Inbound& connection) { connection.close_when_idle(); });
  loop_.arm_in(timer_, kDownTime);
}

void DemoBackend::come_back() {
  failed_ = false;
  const int error = open();
  if (error == 0) {
    base::log(base::Level::info, "{} is back", name_);
  } else {
    base::log(base::Level::error, "{} cannot come back: {}", name_, std::strerror(error));
  }
}

base::Result<Demo, std::string> Demo::open(net::Loop& loop) {
  Demo demo;
  for (const char* name : {"backend-1", "backend-2", "backend-3"}) {
    demo.backends.push_back(std::make_unique<DemoBackend>(loop, name));
    const int error = demo.backends.back()->open();
    if (error != 0)
      return base::Failure{std::string("cannot open a port: ") + std::strerror(error)};
  }
  return demo;
}

std::string Demo::addresses() const {
  std::string list;
  for (const auto& backend : backends) {
    if (!list.empty()) list += ',';
    list += backend->address().text();
  }
  return list;
}

}  // namespace poise::server
