// The base of producers, consumers and readers: it lets other threads schedule a turn on the owner's executor. Until
// that turn runs, further calls of ring() do nothing, so a burst of records costs one post.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include <mutex>

namespace streamdemo::bus::inprocess {

class endpoint : public std::enable_shared_from_this<endpoint> {
 public:
  endpoint(executor ex, std::mutex& core_mutex) : mutex_(core_mutex), executor_(ex) {}
  virtual ~endpoint() = default;
  endpoint(const endpoint&) = delete;

  // Any thread, with the core's mutex held. The owner also holds it when it leaves the core, so nobody can post to a
  // loop that no longer exists. A post runs no code of the owner at once, so it cannot deadlock.
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
