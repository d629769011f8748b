#include "proxy/net/child.h"

#include <unistd.h>

#include <csignal>
#include <cstring>
#include <utility>

extern char** environ;

namespace poise::net {
namespace {

std::string how_it_ended(std::int64_t code, int signal) {
  if (signal == 0) return "ended with exit code " + std::to_string(code);
  return "was ended by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<uv_stdio_container_t> descriptors_of(const ChildPlan& plan) {
  std::vector<uv_stdio_container_t> all;
  const auto inherit = [&](int number) {
    uv_stdio_container_t& one = all.emplace_back();
    one.flags = UV_INHERIT_FD;
    one.data.fd = number;
  };
  for (int number = 0; number < Child::kFirstDescriptor; ++number) inherit(number);
  for (const int number : plan.descriptors) inherit(number);
  return all;
}

// The added ones come first: getenv() takes the first of a name.
std::vector<std::string> environment_of(const ChildPlan& plan) {
  std::vector<std::string> all = plan.environment;
  for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  return all;
}

}  // namespace

// Outlives its Child until libuv has let go of it.
struct Child::Watch {
  uv_process_t handle{};
  OnEnd on_end;
};

base::Result<std::unique_ptr<Child>, int> Child::start(Loop& loop, const ChildPlan& plan,
                                                       OnEnd on_end) {
  std::vector<std::string> arguments = plan.arguments;
  std::vector<std::string> environment = environment_of(plan);
  const std::vector<char*> argument_list = pointers_to(arguments);
  const std::vector<char*> environment_list = pointers_to(environment);
  std::vector<uv_stdio_container_t> descriptors = descriptors_of(plan);

  uv_process_options_t options{};
  options.file = plan.file.c_str();
  options.args = const_cast<char**>(argument_list.data());
  options.env = const_cast<char**>(environment_list.data());
  options.stdio = descriptors.data();
  options.stdio_count = static_cast<int>(descriptors.size());
  options.exit_cb = [](uv_process_t* handle, std::int64_t code, int signal) {
    // It may destroy the Child, and so what would be called.
    const OnEnd told = std::move(static_cast<Watch*>(handle->data)->on_end);
    if (told != nullptr) told(handle->pid, how_it_ended(code, signal));
  };

  auto* watch = std::make_unique<Watch>().release();
  watch->handle.data = watch;
  watch->on_end = std::move(on_end);
  std::unique_ptr<Child> child(new Child(watch));
  const int error = uv_spawn(loop.uv(), &watch->handle, &options);
  if (error != 0) return base::Failure{-error};
  return child;
}

Child::~Child() {
  watch_->on_end = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&watch_->handle), [](uv_handle_t* handle) {
    const std::unique_ptr<Watch> owned(static_cast<Watch*>(handle->data));
  });
}

pid_t Child::pid() const { return watch_->handle.pid; }

void Child::kill() { (void)uv_process_kill(&watch_->handle, SIGKILL); }

}  // namespace poise::net
