#include "tests/support/succession.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/support/live_poise.h"

namespace poise::support {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTookOver = "took over";

// "… process 123 took over" -> 123
pid_t pid_in(const std::string& line) {
  const std::string before = "process ";
  return std::stoi(line.substr(line.rfind(before) + before.size()));
}

std::uint16_t port_in(const std::string& line) {
  if (line.find("unix:") != line.npos) return 0;
  return static_cast<std::uint16_t>(std::stoul(line.substr(line.rfind(':') + 1)));
}

}  // namespace

Succession::Succession(const std::string& yaml, std::size_t listeners,
                       const std::vector<std::string>& environment) {
  // Whoever outlives the process that started it is this one's to wait for.
  (void)::prctl(PR_SET_CHILD_SUBREAPER, 1);
  put_poise();
  write_config(yaml);
  process_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{folder_.path("poise"), "run", "-c", folder_.path("poise.yaml")},
      environment);
  pids_.push_back(process_->pid());
  for (std::size_t i = 0; i < listeners; ++i) {
    const auto found = line("listening on ", i);
    if (!found) throw std::runtime_error("poise did not start: " + log());
    ports_.push_back(port_in(*found));
  }
}

Succession::~Succession() {
  for (const pid_t pid : pids_) {
    if (!is_running(pid)) continue;
    ::kill(pid, SIGKILL);
    (void)exit_code(pid);
  }
  const std::string output = log();
  const bool reported =
      output.find("Sanitizer: ") != output.npos || output.find("runtime error: ") != output.npos;
  bool crashed = false;
  for (const auto& [pid, code] : ended_) {
    crashed |= code == 128 + SIGSEGV || code == 128 + SIGABRT || code == 128 + SIGBUS;
  }
  if (reported || crashed) FAIL_CHECK("poise crashed: " << output);
}

void Succession::put_poise() {
  fs::remove(folder_.path("poise.next"));
  fs::create_symlink(poise_binary(), folder_.path("poise.next"));
  fs::rename(folder_.path("poise.next"), folder_.path("poise"));
}

void Succession::put_script(const std::string& lines) {
  const std::string path = folder_.write("poise.next", "#!/bin/sh\n" + lines + "\n");
  fs::permissions(path, fs::perms::owner_all);
  fs::rename(path, folder_.path("poise"));
}

void Succession::signal(pid_t pid, int number) const { ::kill(pid, number); }

bool Succession::upgrade() {
  signal(in_charge(), SIGUSR2);
  return note_in_charge();
}

bool Succession::note_in_charge() {
  const auto found = line(kTookOver, pids_.size() - 1);
  if (!found) return false;
  pids_.push_back(pid_in(*found));
  return true;
}

std::optional<std::string> Succession::line(const std::string& part, std::size_t nth) {
  return process_->standard_error().wait_for_line(part, nth, Deadline(kPatience * 2));
}

std::string Succession::log() { return process_->standard_error().text(); }

bool Succession::is_running(pid_t pid) {
  return !exit_code(pid, Deadline(Milliseconds(0))).has_value();
}

std::optional<int> Succession::exit_code(pid_t pid, Deadline deadline) {
  if (pid == process_->pid()) return process_->wait_for_exit(deadline);
  std::optional<int> code;
  comes_true(
      [&] {
        for (const auto& [ended, with] : ended_) {
          if (ended == pid) code = with;
        }
        int status = 0;
        if (code || ::waitpid(pid, &status, WNOHANG) != pid) return code.has_value();
        code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        ended_.emplace_back(pid, *code);
        return true;
      },
      deadline);
  return code;
}

std::vector<std::string> Succession::open_files(pid_t pid) const {
  std::vector<std::string> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    files.push_back(entry.path().filename().string() + " " +
                    fs::read_symlink(entry.path(), ignored).string());
  }
  return files;
}

}  // namespace poise::support
