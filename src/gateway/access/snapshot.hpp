// A value that is replaced now and then and read by every request. Any thread.
#pragma once
#include <memory>
#include <mutex>

namespace streamdemo::gateway {

template <class T>
class snapshot {
 public:
  using pointer = std::shared_ptr<const T>;

  explicit snapshot(pointer first) : value_(std::move(first)) {}

  void set(pointer next) {
    // What it replaces is destroyed after the lock is released.
    const std::lock_guard lock(mutex_);
    value_.swap(next);
  }

  // The value of this moment, for as long as the reader keeps it.
  pointer get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

 private:
  mutable std::mutex mutex_;
  pointer value_;  // under mutex_
};

}  // namespace streamdemo::gateway
