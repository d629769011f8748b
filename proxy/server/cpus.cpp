#include "proxy/server/cpus.h"

#include <pthread.h>
#include <sched.h>

namespace poise::server {
namespace {

std::vector<int> ask_for_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(static_cast<unsigned>(cpu), &set)) cpus.push_back(cpu);
    }
  }
  if (cpus.empty()) cpus.push_back(0);
  return cpus;
}

}  // namespace

const std::vector<int>& usable_cpus() {
  static const std::vector<int> cpus = ask_for_cpus();
  return cpus;
}

bool run_on(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (cpu >= 0) {
    CPU_SET(static_cast<unsigned>(cpu), &set);
  } else {
    for (const int each : usable_cpus()) CPU_SET(static_cast<unsigned>(each), &set);
  }
  return pthread_setaffinity_np(pthread_self(), sizeof set, &set) == 0;
}

}  // namespace poise::server
