#include "tests/support/live_poise.h"

#include <signal.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <stdexcept>

namespace poise::support {
namespace {

constexpr std::string_view kReady = "listening on ";

// "… listening on 127.0.0.1:8080" -> 8080; 0 for a Unix path.
std::uint16_t port_in(const std::string& line) {
  const std::string address = line.substr(line.rfind(kReady) + kReady.size());
  if (address.find("unix:") != std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

bool is_crash(int exit_code) {
  return exit_code == 128 + SIGSEGV || exit_code == 128 + SIGABRT || exit_code == 128 + SIGBUS ||
         exit_code == 128 + SIGILL || exit_code == 128 + SIGFPE;
}

bool has_sanitizer_report(const std::string& output) {
  return output.find("Sanitizer: ") != std::string::npos ||
         output.find("runtime error: ") != std::string::npos;
}

}  // namespace

std::string poise_binary() {
  const char* path = std::getenv("POISE_BINARY");
  return path != nullptr ? path : POISE_BINARY_PATH;
}

LivePoise::LivePoise(const std::string& yaml, std::size_t listeners) {
  start({"-c", folder_.write("poise.yaml", yaml)}, listeners);
}

LivePoise::LivePoise(const std::vector<std::string>& arguments, std::size_t listeners) {
  start(arguments, listeners);
}

LivePoise::~LivePoise() {
  if (!process_) return;
  const int exit_code = process_->wait_for_exit(Deadline(Milliseconds(0))).value_or(0);
  const std::string output = process_->standard_error().text();
  if (is_crash(exit_code) || has_sanitizer_report(output)) FAIL_CHECK("poise crashed: " << output);
}

void LivePoise::start(const std::vector<std::string>& arguments, std::size_t listeners) {
  std::vector<std::string> all = {poise_binary(), "run"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  process_ = std::make_unique<ChildProcess>(all);
  for (std::size_t i = 0; i < listeners; ++i) {
    const auto line = process_->standard_error().wait_for_line(kReady, i, Deadline(kPatience * 2));
    if (!line)
      throw std::runtime_error("poise did not start: " + process_->standard_error().text());
    ports_.push_back(port_in(*line));
  }
}

std::string LivePoise::reload(const std::string& yaml) {
  folder_.write("poise.yaml", yaml);
  process_->signal(SIGHUP);
  const auto line = process_->standard_error().wait_for_line(" reload", reloads_++);
  return line.value_or("no answer: " + process_->standard_error().text());
}

std::uint16_t LivePoise::opened_port(std::size_t nth) {
  const auto line = process_->standard_error().wait_for_line(kReady, nth);
  return line ? port_in(*line) : 0;
}

std::optional<int> LivePoise::stop() {
  process_->signal(SIGTERM);
  return process_->wait_for_exit();
}

std::string simple_config(const std::vector<std::string>& backends, const std::string& pool,
                          const std::string& listener, const std::string& top) {
  std::string list;
  for (const std::string& backend : backends)
    list += (list.empty() ? "" : ", ") + ('"' + backend + '"');
  return top + "workers: 1\nlisteners:\n  - bind: 127.0.0.1:0\n    pool: app\n" + listener +
         "pools:\n  app:\n    backends: [" + list + "]\n" + pool;
}

}  // namespace poise::support
