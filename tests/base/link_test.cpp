#include "proxy/base/link.h"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

using namespace poise::base;

namespace {

struct Item : Link<Item> {
  explicit Item(char n, int* alive = nullptr) : name(n), counter(alive) {
    if (counter != nullptr) ++*counter;
  }
  ~Item() {
    if (counter != nullptr) --*counter;
  }
  char name;
  int* counter;
};

std::string names(List<Item>& list) {
  std::string text;
  list.for_each([&](Item& item) { text += item.name; });
  return text;
}

}  // namespace

TEST_CASE("a list keeps the order in which items came") {
  List<Item> list;
  Item a('a'), b('b'), c('c');
  list.push_back(b);
  list.push_back(c);
  list.push_front(a);
  CHECK(names(list) == "abc");
  CHECK(list.front().name == 'a');
}

TEST_CASE("an item leaves its list when it is unlinked, destroyed or put into another") {
  List<Item> list;
  List<Item> other;
  Item a('a'), c('c');
  {
    Item b('b');
    list.push_back(a);
    list.push_back(b);
    list.push_back(c);
  }
  CHECK(names(list) == "ac");
  other.push_back(a);
  CHECK(names(list) == "c");
  CHECK(names(other) == "a");
  c.unlink();
  CHECK_FALSE(c.is_linked());
  CHECK(list.empty());
}

TEST_CASE("an item pushed again moves to the end") {
  List<Item> list;
  Item a('a'), b('b');
  list.push_back(a);
  list.push_back(b);
  list.push_back(a);
  CHECK(names(list) == "ba");
}

TEST_CASE("a list that is destroyed lets go of its items") {
  Item a('a');
  {
    List<Item> list;
    list.push_back(a);
  }
  CHECK_FALSE(a.is_linked());
}

TEST_CASE("everything moves over to another list, behind what is there") {
  List<Item> from;
  List<Item> to;
  Item a('a'), b('b'), c('c');
  to.push_back(a);
  from.push_back(b);
  from.push_back(c);
  to.take_all(from);
  CHECK(from.empty());
  CHECK(names(to) == "abc");
}

TEST_CASE("a visitor may take out the item it is shown") {
  List<Item> list;
  Item a('a'), b('b'), c('c');
  list.push_back(a);
  list.push_back(b);
  list.push_back(c);
  list.for_each([](Item& item) {
    if (item.name != 'c') item.unlink();
  });
  CHECK(names(list) == "c");
}

TEST_CASE("an owning list destroys what is left in it, and gives up what is taken") {
  int alive = 0;
  std::unique_ptr<Item> taken;
  {
    OwningList<Item> list;
    Item& a = list.add(std::make_unique<Item>('a', &alive));
    list.add(std::make_unique<Item>('b', &alive));
    CHECK(alive == 2);
    taken = list.take(a);
  }
  CHECK(alive == 1);
  CHECK(taken->name == 'a');
  CHECK_FALSE(taken->is_linked());
}
