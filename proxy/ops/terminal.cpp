#include "proxy/ops/terminal.h"

#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <string_view>

namespace poise::ops {
namespace {

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view kHome = "\x1b[H";
constexpr std::string_view kEndOfLine = "\x1b[K\r\n";
constexpr std::string_view kRestOfScreen = "\x1b[J";

termios settings_before;

void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

void restore() {
  write_all(kLeave);
  (void)::tcsetattr(STDIN_FILENO, TCSANOW, &settings_before);
}

// Both calls are allowed in a signal handler.
extern "C" void restore_and_end(int number) {
  restore();
  (void)::signal(number, SIG_DFL);
  (void)::raise(number);
}

}  // namespace

bool Terminal::is_there() { return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1; }

Terminal::Terminal() {
  (void)::tcgetattr(STDIN_FILENO, &before_);
  settings_before = before_;
  termios raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  (void)::signal(SIGINT, restore_and_end);
  (void)::signal(SIGTERM, restore_and_end);
  (void)::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  write_all(kEnter);
}

Terminal::~Terminal() {
  (void)::signal(SIGINT, SIG_DFL);
  (void)::signal(SIGTERM, SIG_DFL);
  restore();
}

ScreenSize Terminal::size() const {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {size.ws_col, size.ws_row};
}

std::optional<char> Terminal::key() const {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  char key = 0;
  if (::poll(&input, 1, 0) != 1 || ::read(STDIN_FILENO, &key, 1) != 1) return std::nullopt;
  return key;
}

// Drawn over what is there instead of clearing first: nothing flickers.
void Terminal::show(const std::string& text) const {
  std::string out(kHome);
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    out += rest.substr(0, end);
    rest = end == rest.npos ? std::string_view() : rest.substr(end + 1);
    if (!rest.empty()) out += kEndOfLine;
  }
  out += "\x1b[K";
  out += kRestOfScreen;
  write_all(out);
}

}  // namespace poise::ops
