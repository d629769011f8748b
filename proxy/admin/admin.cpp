#include "proxy/admin/admin.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "proxy/base/log.h"

namespace poise::admin {
namespace {

using base::Level;
using base::log;

// For answers under way when the process ends; a stream's last words need no more.
constexpr base::Duration kPatience = std::chrono::seconds(1);

std::string cannot_listen(const net::Address& address, int error) {
  return "admin cannot listen on " + address.text() + ": " + std::strerror(error);
}

std::string url_of(const net::Address& address) {
  return address.is_unix() ? address.text() : "http://" + address.text() + "/";
}

void remove_path(const net::Address& address) {
  if (address.is_unix()) (void)::unlink(address.text().substr(sizeof "unix:" - 1).c_str());
}

}  // namespace

struct Admin::Prepared {
  explicit Prepared(const conf::AdminConfig& wanted) : config(wanted) {}
  ~Prepared() {
    if (socket && !is_inherited) remove_path(socket->bound);
  }

  conf::AdminConfig config;
  std::optional<net::BoundSocket> socket;  // nothing: it stays, or there is none
  bool is_inherited = false;               // as long as another process may go on with it
};

Admin::Admin(net::Loop& loop, std::vector<Endpoint> endpoints)
    : loop_(loop),
      endpoints_(std::move(endpoints)),
      patience_(base::Timer::calling<Admin, &Admin::on_patience_over>(this)) {}

Admin::~Admin() {
  if (open_ && !open_->is_left) remove_path(open_->bound);
}

std::optional<net::Address> Admin::bound() const {
  return open_ ? std::optional(open_->bound) : std::nullopt;
}

// Somebody else's port would be shared with them by SO_REUSEPORT; our own may be.
base::Result<Admin::Commit, std::string> Admin::prepare(const conf::Config& config) {
  auto prepared = std::make_shared<Prepared>(config.admin);
  Commit commit = [this, prepared] { take_up(*prepared); };
  const auto& bind = config.admin.bind;
  if (!bind || stays_at(*bind)) return commit;
  if (inherited_ && inherited_->asked == *bind) {
    prepared->socket.emplace(
        net::BoundSocket{std::move(inherited_->queues.front()), inherited_->bound});
    prepared->is_inherited = true;
    inherited_.reset();
    return commit;
  }
  const bool is_ours = !bind->is_unix() && port_now() == bind->port();
  if (!is_ours && net::is_taken(*bind)) return base::Failure{cannot_listen(*bind, EADDRINUSE)};
  auto socket = net::listen_on(*bind);
  if (!socket) return base::Failure{cannot_listen(*bind, socket.error())};
  prepared->socket = std::move(*socket);
  return commit;
}

// That is ours already, or will be; 0: there is none.
std::uint16_t Admin::port_now() const {
  if (open_) return open_->bound.port();
  return inherited_ ? inherited_->bound.port() : 0;
}

void Admin::take_up(Prepared& prepared) {
  const auto& bind = prepared.config.bind;
  if (bind && stays_at(*bind)) return open_->door->set_rules(AccessRules(prepared.config));
  leave_old();
  if (inherited_) remove_path(std::exchange(inherited_, std::nullopt)->bound);
  if (prepared.socket) open_new(prepared);
}

void Admin::open_new(Prepared& prepared) {
  prepared.is_inherited = false;
  net::BoundSocket socket = *std::exchange(prepared.socket, std::nullopt);
  open_ = Open{*prepared.config.bind, socket.bound,
               std::make_unique<AdminDoor>(loop_, endpoints_, AccessRules(prepared.config))};
  open_->copy.reset(::fcntl(socket.fd.get(), F_DUPFD_CLOEXEC, 0));
  open_->door->listen(std::move(socket.fd));
  log(Level::info, "admin at {}", url_of(open_->bound));
}

void Admin::leave_old() {
  if (!open_) return;
  log(Level::info, "admin left {}", url_of(open_->bound));
  remove_path(open_->bound);
  AdminDoor& door = *leaving_.emplace_back(std::move(open_->door));
  open_.reset();
  door.close([this, &door] {
    const auto left = std::find_if(leaving_.begin(), leaving_.end(),
                                   [&](const auto& each) { return each.get() == &door; });
    loop_.defer(std::move(*left));
    leaving_.erase(left);
  });
}

std::optional<server::HandOver::Sockets> Admin::socket() const {
  if (!open_ || !open_->copy) return std::nullopt;
  return server::HandOver::Sockets{open_->asked, open_->bound, false, {open_->copy.get()}};
}

void Admin::leave_socket() {
  if (open_) open_->is_left = true;
}

void Admin::close(std::function<void()> done) {
  while (!leaving_.empty()) leaving_.back()->close_now();
  if (!open_) return done();
  open_->copy.reset();
  loop_.arm_in(patience_, kPatience);
  open_->door->close(std::move(done));
}

void Admin::on_patience_over() {
  if (open_) open_->door->close_now();
}

}  // namespace poise::admin
