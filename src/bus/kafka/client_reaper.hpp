// Where clients end. librdkafka destroys a client by waiting for its threads, which may take seconds, so each is
// destroyed on a thread of its own; after wait_for(), and when the system gives no more threads, on the caller's.
// Thread-safe.
#pragma once
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "bus/kafka/client.hpp"

namespace streamdemo::bus::kafka {

// Lives in a shared_ptr, which its threads hold, too.
class client_reaper : public std::enable_shared_from_this<client_reaper> {
 public:
  // The client's threads may read `keep` until they are gone. A member of a group does not leave it by this.
  void destroy(rd_kafka_t* client, std::shared_ptr<void> keep = nullptr) {
    if (!start(client, keep)) end(client);
  }

  // Joins every thread whose client ends within `patience`, and returns how many do not: a fault of librdkafka's can
  // hold one for ever, and nothing can interrupt it. Their threads are let go, so that the process can end.
  std::size_t wait_for(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    over_ = true;
    changed_.wait_for(lock, patience, [this] { return std::all_of(reapings_.begin(), reapings_.end(), has_ended); });
    join_ended();
    for (const auto& r : reapings_) r->thread.detach();
    return reapings_.size();
  }

 private:
  struct reaping {
    std::thread thread;
    bool ended = false;
  };
  static bool has_ended(const std::shared_ptr<reaping>& r) { return r->ended; }

  static void end(rd_kafka_t* client) { rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE); }

  // False: nobody waits any more, or the system gives no thread.
  bool start(rd_kafka_t* client, const std::shared_ptr<void>& keep) {
    const std::lock_guard lock(mutex_);
    if (over_) return false;
    join_ended();
    const auto r = std::make_shared<reaping>();
    try {
      r->thread = std::thread([self = shared_from_this(), r, client, kept = keep]() mutable {
        end(client);
        // It may be the last to hold another client, and that is destroyed here, too: before this thread may be joined.
        kept.reset();
        const std::lock_guard done(self->mutex_);
        r->ended = true;
        self->changed_.notify_all();
      });
    } catch (const std::system_error&) {
      return false;
    }
    reapings_.push_back(r);
    return true;
  }

  void join_ended() {
    for (const auto& r : reapings_) {
      if (r->ended) r->thread.join();
    }
    reapings_.remove_if(has_ended);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<std::shared_ptr<reaping>> reapings_;
  bool over_ = false;
};

}  // namespace streamdemo::bus::kafka
