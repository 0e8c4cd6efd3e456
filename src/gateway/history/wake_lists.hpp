// Who waits for what, per loop. The lists of a loop are used on that loop only. Loop 0 hands the changed histories of a
// batch to each loop where somebody waits for them, with at most one posted function per loop.
//
// No wake-up is lost: a subscriber registers (the lists of the history, if it is the first, and the count) before it
// reads the history under its mutex; the fold appends under that mutex before it looks for the lists and reads the
// count. So either the subscriber sees the event, or the fold sees the subscriber.
#pragma once
#include <streamdemo/base/io_threads.hpp>

#include <atomic>
#include <mutex>
#include <unordered_map>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

class kept_history;
class news_subscription;
class task_subscription;

// The subscriptions of one history: per loop one list for news and one for the end.
struct waiters_of_task {
  struct list {
    news_subscription* first = nullptr;    // used on the loop
    std::atomic<std::uint32_t> count = 0;  // read by loop 0
  };
  struct loop {
    list news;
    list end;
    bool queued = false;  // for the loop's next turn; under its mutex

    list& of(waits_for what) noexcept { return what == waits_for::news ? news : end; }
  };
  explicit waiters_of_task(std::size_t n) : loops(std::make_unique<loop[]>(n)) {}

  std::unique_ptr<loop[]> loops;
};

class wake_lists : public std::enable_shared_from_this<wake_lists> {
 public:
  using kept_ptr = std::shared_ptr<kept_history>;

  wake_lists(base::io_threads& loops, std::size_t max_task_waiters);

  std::size_t loops() const noexcept { return loops_.size(); }

  // Both on the loop where `s` is to be told. `h` must not be that of a removed task.
  std::unique_ptr<subscription> subscribe(kept_ptr h, subscriber& s, waits_for what);
  std::unique_ptr<subscription> await_task(std::string request_id, subscriber& s);

  // Loop 0: note what has changed and what is new; flush() then wakes those who wait for it.
  void changed(const kept_ptr& h);
  void created(const std::string& request_id);
  void flush();
  // Nobody is woken any more: drops what is queued.
  void shut();

 private:
  friend class news_subscription;
  friend class task_subscription;

  struct loop_list {
    explicit loop_list(const base::executor& e) : ex(e) {}
    base::executor ex;
    std::atomic<std::size_t> task_waiters = 0;

    std::mutex mutex;  // guards the next three, which pass from loop 0 to this loop
    std::vector<kept_ptr> changed;
    std::vector<std::string> created;
    bool posted = false;

    // Used on this loop. A subscription that is destroyed while run() wakes others takes itself out of the next two.
    news_subscription* next = nullptr;
    std::vector<task_subscription*> turn;
    std::unordered_multimap<std::string_view, task_subscription*> tasks;
  };

  void run(std::size_t loop);
  void wake(loop_list& l, waiters_of_task::list& waiting);
  void wake_tasks(loop_list& l, const std::string& request_id);

  std::vector<std::unique_ptr<loop_list>> loops_;
  std::size_t max_task_waiters_;
  std::atomic<std::size_t> task_waiters_ = 0;
  std::vector<kept_ptr> changed_;  // of this batch
  std::vector<std::string> created_;
};

}  // namespace streamdemo::gateway
