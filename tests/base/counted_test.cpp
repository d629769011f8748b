#include "proxy/base/counted.h"

#include <catch2/catch.hpp>
#include <memory>

#include "proxy/base/shared_const.h"

using namespace poise::base;

namespace {

struct Thing {
  explicit Thing(int& counter) : alive(counter) { ++alive; }
  ~Thing() { --alive; }
  int& alive;
  OwnerCount owners;
};

struct Word {
  char letter = 'a';
  bool equals(const Word& other) const { return letter == other.letter; }
};

}  // namespace

TEST_CASE("the last Ref destroys the object") {
  int alive = 0;
  Ref<Thing> first(new Thing(alive));
  CHECK(first->owners.is_one());
  {
    const Ref<Thing> second = first;
    CHECK_FALSE(first->owners.is_one());
    first = {};
    CHECK(alive == 1);
  }
  CHECK(alive == 0);
}

TEST_CASE("a Ref can be moved and given to itself") {
  int alive = 0;
  Ref<Thing> first(new Thing(alive));
  Ref<Thing> second = std::move(first);
  CHECK(first.get() == nullptr);
  CHECK(second->owners.is_one());
  const Ref<Thing>& same = second;
  second = same;
  CHECK(alive == 1);
  second = Ref<Thing>(new Thing(alive));
  CHECK(alive == 1);
}

TEST_CASE("shared constants are compared by what they say") {
  using Shared = SharedConst<Word>;
  const Shared a = std::make_shared<const Word>(Word{'a'});
  const Shared same = std::make_shared<Word>(Word{'a'});
  const Shared b = std::make_shared<const Word>(Word{'b'});
  CHECK((a == same));
  CHECK_FALSE((a == b));
  CHECK_FALSE((a == Shared()));
  CHECK((Shared() == Shared(nullptr)));
  CHECK((Shared() == nullptr));
}
