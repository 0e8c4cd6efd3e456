// What producers, consumers and readers have in common: an executor that others ring. Ringing posts one turn, however
// often it is rung before the turn comes, so a burst of records costs one post.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include <mutex>

namespace streamdemo::bus::inprocess {

class endpoint : public std::enable_shared_from_this<endpoint> {
 public:
  endpoint(executor ex, std::mutex& core_mutex) : mutex_(core_mutex), executor_(ex) {}
  virtual ~endpoint() = default;
  endpoint(const endpoint&) = delete;

  // Any thread, under the core's mutex: the owner takes itself out of the core under it, so nobody can ring a loop that
  // is gone. Posting runs no code of the owner.
  void ring();

 protected:
  // On the owner's executor, without the mutex.
  virtual void turn() = 0;

  std::mutex& mutex_;

 private:
  executor executor_;
  bool rung_ = false;
};

}  // namespace streamdemo::bus::inprocess
