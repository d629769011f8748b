// An intrusive, circular, doubly linked list. A node takes itself out when destroyed; a list that
// is destroyed lets go of its nodes. Neither owns anything.
#pragma once

#include <memory>

namespace poise::base {

template <class T>
class List;

template <class T>
class Link {
 public:
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { unlink(); }

  bool is_linked() const { return next_ != this; }
  void unlink() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    next_ = previous_ = this;
  }

 private:
  friend class List<T>;
  Link* next_ = this;
  Link* previous_ = this;
};

// T derives from Link<T>.
template <class T>
class List {
 public:
  List() = default;
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  ~List() {
    while (!empty()) head_.next_->unlink();
  }

  bool empty() const { return !head_.is_linked(); }
  T& front() { return static_cast<T&>(*head_.next_); }

  void push_back(T& item) { insert_before(head_, item); }
  void push_front(T& item) { insert_before(*head_.next_, item); }

  // Moves everything of `other` to the end of this list.
  void take_all(List& other) {
    while (!other.empty()) {
      T& item = other.front();
      static_cast<Link<T>&>(item).unlink();
      push_back(item);
    }
  }

  template <class Visit>
  void for_each(Visit visit) {
    for (Link<T>* link = head_.next_; link != &head_;) {
      Link<T>* next = link->next_;
      visit(static_cast<T&>(*link));
      link = next;
    }
  }

 private:
  void insert_before(Link<T>& place, Link<T>& item) {
    item.unlink();
    item.previous_ = place.previous_;
    item.next_ = &place;
    place.previous_->next_ = &item;
    place.previous_ = &item;
  }

  Link<T> head_;
};

// A List that owns its items: what is left in it is destroyed with it.
template <class T>
class OwningList {
 public:
  ~OwningList() {
    while (!items_.empty()) (void)take(items_.front());
  }

  T& add(std::unique_ptr<T> item) {
    items_.push_back(*item);
    return *item.release();
  }
  // Requires: `item` is in this list.
  std::unique_ptr<T> take(T& item) {
    static_cast<Link<T>&>(item).unlink();
    return std::unique_ptr<T>(&item);
  }

  bool empty() const { return items_.empty(); }
  T& front() { return items_.front(); }
  template <class Visit>
  void for_each(Visit visit) {
    items_.for_each(visit);
  }

 private:
  List<T> items_;
};

}  // namespace poise::base
