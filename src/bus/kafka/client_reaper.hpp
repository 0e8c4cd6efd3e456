// Destroys librdkafka clients. The library waits for the client's threads, which may take seconds, so each client is
// destroyed on a thread of its own. After wait_for(), or when no thread can be started, the calling thread does it.
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

// Must be owned by a shared_ptr, of which its threads hold copies.
class client_reaper : public std::enable_shared_from_this<client_reaper> {
 public:
  // Keeps `keep` alive until the client's threads have ended. A group member does not leave its group by this.
  void destroy(rd_kafka_t* client, std::shared_ptr<void> keep = nullptr) {
    if (!start(client, keep)) end(client);
  }

  // Waits at most `patience` for the clients to end, and returns how many have not. A bug of librdkafka can block one
  // forever, and nothing can interrupt it. Their threads are given up, so that the process can exit.
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

  // False: wait_for() was called, or no thread could be started.
  bool start(rd_kafka_t* client, const std::shared_ptr<void>& keep) {
    const std::lock_guard lock(mutex_);
    if (over_) return false;
    join_ended();
    const auto r = std::make_shared<reaping>();
    try {
      r->thread = std::thread([self = shared_from_this(), r, client, kept = keep]() mutable {
        end(client);
        // `kept` may hold the last reference to another client, which is then destroyed on this thread, too. That must
        // happen before `ended` allows this thread to be joined.
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
