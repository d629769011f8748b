// Another program, started by this one beside it: it inherits standard input, output and error and
// the descriptors it is given, and nothing else that is marked close-on-exec. Its end is told, and
// leaves no zombie, for as long as the Child is there; the program itself outlives it. Owned by
// whoever started it, on its loop.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/base/result.h"
#include "proxy/net/loop.h"

namespace poise::net {

struct ChildPlan {
  std::string file;                      // its path
  std::vector<std::string> arguments;    // from argv[0] on
  std::vector<std::string> environment;  // "NAME=value", beside this process's own
  std::vector<int> descriptors;          // that it finds as kFirstDescriptor and following
};

class Child {
 public:
  static constexpr int kFirstDescriptor = 3;

  // "ended with exit code 3", "was ended by signal 9 (Killed)". May destroy the Child.
  using OnEnd = std::function<void(pid_t pid, const std::string& how)>;

  // The error is an errno, also that of an exec that fails.
  static base::Result<std::unique_ptr<Child>, int> start(Loop& loop, const ChildPlan& plan,
                                                         OnEnd on_end);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const;
  void kill();

 private:
  struct Watch;
  explicit Child(Watch* watch) : watch_(watch) {}

  Watch* watch_;
};

}  // namespace poise::net
