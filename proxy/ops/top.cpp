#include "proxy/ops/top.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "proxy/net/signals.h"
#include "proxy/ops/asked_json.h"
#include "proxy/ops/followed_events.h"
#include "proxy/ops/top_screen.h"

namespace poise::ops {
namespace {

constexpr auto kPause = std::chrono::seconds(3);
// How soon a key is heard and a changed size is seen.
constexpr auto kLook = std::chrono::milliseconds(50);

// The two sources differ in nothing but what becomes of their answers.
class Source final : private AskedJson::Events {
 public:
  using Take = void (*)(TopState& state, const Json& json);
  class Events {
   public:
    virtual void on_news() noexcept = 0;
    virtual void on_fault(const AdminFault& fault) noexcept = 0;

   protected:
    ~Events() = default;
  };

  Source(net::Loop& loop, const AdminTarget& target, const char* path, Take take, TopState& state,
         Events& events)
      : asked_(loop, target, path, kPause, *this), take_(take), state_(state), events_(events) {}
  void ask() { asked_.ask(); }

 private:
  void on_json(const Json& json) noexcept override {
    take_(state_, json);
    events_.on_news();
  }
  void on_json_failed(const AdminFault& fault) noexcept override { events_.on_fault(fault); }

  AskedJson asked_;
  Take take_;
  TopState& state_;
  Events& events_;
};

class Top final : private Source::Events, private FollowedEvents::Events {
 public:
  explicit Top(const AdminTarget& target)
      : status_(loop_, target, "/api/v1/status", take_status, state_, *this),
        pools_(loop_, target, "/api/v1/pools", take_pools, state_, *this),
        events_(loop_, target, *this),
        look_(base::Timer::calling<Top, &Top::look>(this)) {}

  int run() {
    loop_.post([this] { begin(); });
    loop_.run();
    terminal_.reset();
    return fault_ ? report(*fault_) : 0;
  }

 private:
  void begin() {
    status_.ask();
    pools_.ask();
    events_.follow();
  }

  void on_event(const ServerEvent& event) noexcept override {
    const Json json = Json::parse(event.data, nullptr, false);
    if (json.is_discarded()) return;
    if (event.name == "tick") take_tick(state_, json);
    on_news();
  }
  void on_news() noexcept override {
    if (!state_.is_complete()) return;
    if (!Terminal::is_there()) return print_once();
    if (!terminal_) open_terminal();
    show();
  }
  void on_events_lost(const AdminFault& fault) noexcept override { on_fault(fault); }
  // At the beginning it ends the command; later it may pass.
  void on_fault(const AdminFault& fault) noexcept override {
    if (!state_.is_complete()) {
      fault_ = fault;
      return loop_.stop();
    }
    state_.lost = fault.text;
    on_news();
  }

  void print_once() {
    if (std::exchange(printed_, true)) return;
    std::printf("%s\n", top_screen(state_, {200, 0}, Colours::no).c_str());
    loop_.stop();
  }
  void open_terminal() {
    terminal_.emplace();
    look();
  }
  void look() {
    loop_.arm_in(look_, kLook);
    const auto key = terminal_->key();
    if (key == 'q' || key == 'Q') return loop_.stop();
    if (terminal_->size() != shown_) show();
  }
  void show() {
    shown_ = terminal_->size();
    terminal_->show(top_screen(state_, shown_, Colours::yes));
  }

  net::Loop loop_;
  TopState state_;
  std::optional<AdminFault> fault_;
  std::optional<Terminal> terminal_;
  ScreenSize shown_;
  bool printed_ = false;
  Source status_;
  Source pools_;
  FollowedEvents events_;
  base::Timer look_;
};

}  // namespace

int run_top(const AdminTarget& target) {
  net::ignore_broken_pipes();
  return Top(target).run();
}

}  // namespace poise::ops
