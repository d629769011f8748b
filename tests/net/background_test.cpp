#include "proxy/net/background.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace poise;

TEST_CASE("work runs on another thread, and what follows on the loop") {
  net::Loop loop;
  std::thread::id worked;
  std::thread::id finished;
  net::run_in_background(
      loop, [&] { worked = std::this_thread::get_id(); },
      [&] {
        finished = std::this_thread::get_id();
        loop.stop();
      });
  loop.run();
  CHECK(worked != std::thread::id());
  CHECK(worked != std::this_thread::get_id());
  CHECK(finished == std::this_thread::get_id());
}

TEST_CASE("a loop that is destroyed waits for the work it has in the background") {
  bool is_done = false;
  {
    net::Loop loop;
    net::run_in_background(
        loop, [] {}, [&] { is_done = true; });
  }
  CHECK(is_done);
}
