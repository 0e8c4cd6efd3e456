#include "bus/kafka/linger_skipper.hpp"

#include <pthread.h>

#include <system_error>

namespace streamdemo::bus::kafka {

linger_skipper::~linger_skipper() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void linger_skipper::skip() {
  {
    const std::lock_guard lock(mutex_);
    // A flush that has begun may end before the library's threads have seen what was given since, so another follows.
    asked_ = true;
  }
  if (thread_.joinable()) return changed_.notify_one();
  try {
    thread_ = std::thread([this] { run(); });
  } catch (const std::system_error&) {
    // A shortage that may pass: the next call tries again.
  }
}

void linger_skipper::run() {
  pthread_setname_np(pthread_self(), "linger-skipper");
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return asked_ || closed_; });
    if (closed_) return;
    asked_ = false;
    lock.unlock();
    // Until everything is acknowledged.
    rd_kafka_flush(client_, static_cast<int>(patience_.count()));
    lock.lock();
  }
}

}  // namespace streamdemo::bus::kafka
