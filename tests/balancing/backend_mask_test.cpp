#include "balancing/backend_mask.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace poise::balancing;

namespace {

std::vector<BackendIndex> members(const BackendMask& mask) {
  std::vector<BackendIndex> found;
  for (auto i = mask.next(0); i < mask.size(); i = mask.next(i + 1)) found.push_back(i);
  return found;
}

}  // namespace

TEST_CASE("a mask holds what was set and nothing else, inline or not") {
  for (const std::size_t size : {1, 4, 63, 64, 65, 128, 129, 1000}) {
    INFO(size);
    BackendMask mask(size);
    CHECK_FALSE(mask.any());
    CHECK(members(mask).empty());
    const auto last = static_cast<BackendIndex>(size - 1);
    mask.set(last);
    CHECK(mask.any());
    CHECK(mask.test(last));
    CHECK(mask.count() == 1);
    CHECK(members(mask) == std::vector<BackendIndex>{last});
    mask.clear(last);
    CHECK_FALSE(mask.any());
    mask.set_all();
    CHECK(mask.count() == size);
    CHECK(members(mask).size() == size);
    mask.clear_all();
    CHECK(mask.count() == 0);
  }
}

TEST_CASE("an empty mask holds nobody") {
  const BackendMask none;
  CHECK_FALSE(none.any());
  CHECK_FALSE(none.test(0));
  CHECK(none.next(0) == none.size());
}

TEST_CASE("next walks the members across words") {
  BackendMask mask(200);
  for (const BackendIndex i : {0U, 63U, 64U, 130U, 199U}) mask.set(i);
  CHECK(members(mask) == std::vector<BackendIndex>{0, 63, 64, 130, 199});
  CHECK(mask.next(131) == 199);
  CHECK(mask.next(200) == 200);
}

TEST_CASE("a difference keeps what was not removed") {
  for (const std::size_t size : {4, 64, 130}) {
    INFO(size);
    const BackendMask all(size, BackendMask::Initially::set);
    BackendMask removed(size);
    removed.set(1);
    removed.set(static_cast<BackendIndex>(size - 1));
    BackendMask left;
    left.assign_difference(all, removed);
    CHECK(left.count() == size - 2);
    CHECK_FALSE(left.test(1));
    CHECK(left.test(0));
    left.assign_difference(all, {});
    CHECK(left == all);
  }
}
