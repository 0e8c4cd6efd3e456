// What producers, consumers and readers have in common: an executor that others ring. Ringing posts one turn, however
// often it is rung before the turn comes, so a burst of records costs one post.
#pragma once
#include <streamdemo/base/event.hpp>
#include <streamdemo/bus/bus.hpp>

#include <mutex>

namespace streamdemo::bus::inprocess {

class endpoint : public std::enable_shared_from_this<endpoint> {
 public:
  endpoint(executor ex, std::mutex& core_mutex) : ex_(ex), mutex_(core_mutex), changed_(ex) {}
  virtual ~endpoint() = default;
  endpoint(const endpoint&) = delete;

  // Any thread, under the core's mutex: the owner takes itself out of the core under it, so nobody can ring a loop that
  // is gone. Posting runs no code of the owner.
  void ring();

 protected:
  // On the owner's executor, without the mutex.
  virtual void turn() { changed_.notify_all(); }

  executor ex_;
  std::mutex& mutex_;
  base::event changed_;

 private:
  bool rung_ = false;
};

// The wait of receive(): calls `take` under the mutex until it gives something, and lets other work of the loop in
// before each first try, so that a busy bus starves nobody. Throws when canceled, and then nothing was taken.
template <class Item>
class puller : public endpoint {
 public:
  using endpoint::endpoint;

  static awaitable<result<std::vector<Item>>> receive(std::shared_ptr<puller> self, std::size_t max);

  // Under the mutex: there may be something to take now.
  void wake() {
    if (parked_) ring();
  }
  void close_locked() {
    closed_ = true;
    wake();
  }
  bool closed() const noexcept { return closed_; }

 protected:
  virtual std::vector<Item> take(std::size_t max) = 0;

 private:
  bool closed_ = false;
  bool parked_ = false;
};

extern template class puller<shared_item>;
extern template class puller<read_item>;

}  // namespace streamdemo::bus::inprocess
