// Reads events from the store for readers who are behind what memory has, on a few threads of its own, never on a loop.
// What is read and not yet sent is bounded: a reader waits for room before its next part is read, and the parts are
// smaller while there is little. Any thread.
#pragma once
#include <streamdemo/base/io_threads.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/base/offload.hpp>

#include <atomic>
#include <deque>
#include <mutex>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

class kept_history;

class disk_reads : public std::enable_shared_from_this<disk_reads> {
 public:
  disk_reads(const event_store& store, base::io_threads& loops, std::size_t max_bytes, base::metrics& m);

  // On the loop where `s` is to be told.
  std::unique_ptr<disk_reading> open(std::shared_ptr<kept_history> of, subscriber& s);

  // What is read and not yet sent.
  std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
  base::blocking_pool& threads() noexcept { return pool_; }

  // Ends all reading, and joins the threads. The store and the metrics are not used afterwards.
  void close();

 private:
  friend class one_reading;
  // Events of one read. They are alive, and count, until the last of them was sent.
  struct part {
    part(std::shared_ptr<disk_reads> o, std::size_t b) : of(std::move(o)), bytes(b) {}
    ~part() { of->release(bytes); }
    part(const part&) = delete;
    std::shared_ptr<disk_reads> of;
    std::vector<task::event_ptr> events;  // none: reading failed
    std::size_t bytes;                    // first those that were reserved
  };
  struct request {
    std::shared_ptr<kept_history> history;
    std::int64_t after;
    std::size_t max_bytes;
    base::executor loop;
    // The rest belongs to that loop once the request is answered.
    subscriber* who;  // nullptr: it is gone; only touched on the loop
    bool ready = false;
    std::shared_ptr<part> answer;
  };
  using request_ptr = std::shared_ptr<request>;

  void ask(request_ptr r);
  void begin(const request_ptr& r);
  void answer(const request_ptr& r);
  void release(std::size_t bytes);
  std::size_t part_bytes(std::size_t wanted) const noexcept;

  const event_store& store_;
  const std::size_t max_bytes_;
  base::counter& reads_;
  base::counter& failed_;
  std::vector<base::executor> loops_;
  std::atomic<std::size_t> bytes_ = 0;

  std::mutex mutex_;
  std::deque<request_ptr> waiting_;  // at most one of each reader
  bool closed_ = false;
  base::blocking_pool pool_{2};
};

}  // namespace streamdemo::gateway
