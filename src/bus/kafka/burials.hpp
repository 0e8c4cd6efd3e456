// Where clients end. librdkafka destroys one by waiting for its threads, so that is done on a thread of its own for
// each; after wait_for(), and when there are no more threads to be had, by who hands it in. Thread-safe.
#pragma once
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>

#include "bus/kafka/client.hpp"

namespace streamdemo::bus::kafka {

// Lives in a shared_ptr, which the threads hold, too.
class burials : public std::enable_shared_from_this<burials> {
 public:
  // The client's threads may read `keep` until they are gone. A member of a group does not leave it by this.
  void bury(rd_kafka_t* client, std::shared_ptr<void> keep = nullptr) {
    const auto end = [self = shared_from_this(), client, keep = std::move(keep)] {
      rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
      const std::lock_guard lock(self->mutex_);
      --self->open_;
      self->ended_.notify_all();
    };
    if (!enter() || !start(end)) end();
  }

  // Returns how many clients have not ended by then.
  std::size_t wait_for(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    over_ = true;
    ended_.wait_for(lock, patience, [this] { return open_ == 0; });
    return open_;
  }

 private:
  // False: nobody waits any more.
  bool enter() {
    const std::lock_guard lock(mutex_);
    ++open_;
    return !over_;
  }

  template <class F>
  static bool start(const F& f) {
    try {
      std::thread(f).detach();
      return true;
    } catch (const std::system_error&) {
      return false;
    }
  }

  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t open_ = 0;
  bool over_ = false;
};

}  // namespace streamdemo::bus::kafka
