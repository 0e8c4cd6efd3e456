// A puller of the in-process bus: it takes items with the core's mutex held, and the core rings it when receive() waits
// and something may be there.
#pragma once
#include "bus/inprocess/endpoint.hpp"
#include "bus/puller.hpp"

namespace streamdemo::bus::inprocess {

template <class Item>
class ringing_puller : public endpoint, public puller<Item> {
 public:
  ringing_puller(executor ex, std::mutex& core_mutex) : endpoint(ex, core_mutex), puller<Item>(ex) {}

  // There may be something to take now. Any thread, with the mutex held.
  void arrived() {
    if (waits_) ring();
  }

 protected:
  virtual std::vector<Item> take_locked(std::size_t max) = 0;

 private:
  void turn() override { puller<Item>::wake(); }
  std::vector<Item> take(std::size_t max) final {
    const std::lock_guard lock(mutex_);
    auto items = take_locked(max);
    waits_ = items.empty();
    return items;
  }

  bool waits_ = false;  // guarded by the mutex
};

}  // namespace streamdemo::bus::inprocess
