// A value that is replaced now and then and read by every request: a reader takes no lock, and counts nothing that
// other threads count, too, so that threads do not wait for each other. Any thread.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace streamdemo::gateway {

template <class T>
class snapshot {
 public:
  using pointer = std::shared_ptr<const T>;

  explicit snapshot(pointer first) { set(std::move(first)); }
  snapshot(const snapshot&) = delete;

  void set(pointer next) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(next);
    // Of all snapshots together, so that one in the place of another is not taken for it.
    static std::atomic<std::uint64_t> last{0};
    version_.store(++last, std::memory_order_release);
  }

  // The calling thread's own copy: good until it asks again.
  const T& get() const { return *copy(); }
  // For who needs it longer.
  pointer share() const { return copy(); }

 private:
  struct seen {
    std::uint64_t version = 0;
    pointer value;
  };

  // A thread keeps what it read last, perhaps an old value, until it asks again or ends.
  const pointer& copy() const {
    thread_local std::unordered_map<const snapshot*, seen> all;
    auto& mine = all[this];
    if (mine.version != version_.load(std::memory_order_acquire)) {
      const std::lock_guard lock(mutex_);
      mine = {version_.load(std::memory_order_relaxed), value_};
    }
    return mine.value;
  }

  mutable std::mutex mutex_;
  pointer value_;  // under mutex_
  std::atomic<std::uint64_t> version_{0};
};

}  // namespace streamdemo::gateway
