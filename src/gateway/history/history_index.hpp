// Finds histories by id, by age and by end, from any thread. Written on loop 0. Remembers the last removed tasks,
// bounded in number and bytes, so that "no longer kept" can be distinguished from "unknown".
//
// A history is awake, a kept_history, or at rest, a small record. What is found at rest is made a kept_history again
// for those who found it, the same for all at one time; once they have let go of it, the record is all there is, as
// before.
#pragma once
#include <streamdemo/base/number_table.hpp>
#include <streamdemo/base/string_map.hpp>

#include <deque>
#include <queue>
#include <shared_mutex>
#include <variant>

#include "gateway/history/kept_history.hpp"
#include "gateway/history/rested_history.hpp"
#include "gateway/history/slabs.hpp"
#include "gateway/history/time_order.hpp"

namespace streamdemo::gateway {

class history_index {
 public:
  using kept_ptr = std::shared_ptr<kept_history>;
  // Makes a history of what is known of one at rest. Any thread.
  using waking = std::function<kept_ptr(task_view, const rested_history::place&)>;

  static constexpr std::size_t most_removed = 10'000;
  explicit history_index(std::size_t max_removed_bytes, std::size_t max_removed = most_removed, waking wake = nullptr)
      : max_removed_bytes_(max_removed_bytes), max_removed_(max_removed), make_awake_(std::move(wake)) {}

  // A history, or one without events for a task that was removed; nullptr: unknown.
  history_ptr find(std::string_view request_id) const;
  // nullptr: it is not kept (any more).
  kept_ptr kept(std::string_view request_id) const;
  // Newest first; of one owner, or of all.
  class walk;
  // Of those that ended, the one from which keep_for counts first, if that is before `at`; nullptr: there is none.
  kept_ptr first_ended(base::sys_time at = base::sys_time::max()) const;
  // Those that are awake.
  std::vector<kept_ptr> awake() const;
  // Those of which this is true, at rest or not.
  std::vector<kept_ptr> all_of(const std::function<bool(std::string_view id, std::uint32_t epoch)>& wanted) const;
  std::size_t size() const;
  // Of them, those at rest.
  std::size_t at_rest() const;
  // When the oldest was accepted.
  std::optional<base::sys_time> oldest() const;
  // Memory of the removed tasks, and of the names that histories at rest have in common.
  std::size_t bytes_beside() const;
  std::size_t removed_bytes() const;
  // Memory of each history at rest, with its places in the orders.
  static std::size_t bytes_at_rest() noexcept;

  // Replaces an older history of the same id.
  void insert(const kept_ptr& h);
  // The same, of one at rest; keep_for counts from v.kept_since. False: it must be inserted awake.
  bool insert_rested(const task_view& v, const rested_history::place& p);
  // From now on keep_for of it counts from `since`.
  void ended(const kept_ptr& h, base::sys_time since);
  // Puts it to rest. False: it must stay awake.
  bool rest(const kept_ptr& h);
  // It was found at rest, and something is to be changed that the record does not have: it is awake from now on.
  void stay_awake(const kept_ptr& h);
  void set_epoch(const kept_ptr& h, std::uint32_t epoch);
  void remove(const kept_ptr& h);
  // Removes the history, or what is remembered of it, and remembers nothing.
  void forget(std::string_view request_id);
  void forget_all();

 private:
  using number = slabs<int>::number;
  static constexpr auto not_ended = base::sys_time::max();

  struct entry {
    std::variant<kept_ptr, rested_history> what;
    base::sys_time since = not_ended;  // its place in ends_
  };
  struct removed_task {
    rested_history what;
    base::sys_time kept_since;
    bool gone = false;  // removed once more, or forgotten
  };

  // With the mutex.
  number number_of(std::string_view request_id) const;
  // base::number_table::none: it is not kept.
  number number_of(const kept_ptr& h) const;
  kept_ptr awake(number n) const;
  void view_of(const entry& e, task_view& v) const;
  void insert(entry e, std::string_view id, std::string_view owner, base::sys_time accepted_at);
  void move_end(number n, base::sys_time since);
  void erase(number n);

  // The lock of whoever changes something. What holds mutex_ for long again and again (walk) passes by gate_, too, so
  // that this does not wait for all of it.
  struct writing {
    explicit writing(const history_index& i) : gate(i.gate_), all(i.mutex_) {}
    std::lock_guard<std::mutex> gate;
    std::lock_guard<std::shared_mutex> all;
  };
  mutable std::mutex gate_;
  mutable std::shared_mutex mutex_;
  std::uint64_t changes_ = 0;  // of the orders of owners_
  slabs<entry> entries_;
  base::number_table ids_;
  base::string_map<time_order> owners_;  // by owner; tasks without an owner under ""
  time_order ends_;
  shared_names names_;  // of those at rest
  std::size_t at_rest_ = 0;

  mutable std::mutex woken_mutex_;  // after the other one
  // Those at rest that somebody may still hold.
  mutable std::unordered_map<number, std::weak_ptr<kept_history>> woken_;
  mutable std::size_t tidy_woken_at_ = 64;

  // In the order of their removal. Found by their numbers, which go around and differ from number_table::none.
  std::deque<removed_task> removed_;
  base::number_table removed_ids_;
  number first_removed_ = 0;
  static constexpr number most_number = 0x7fffffff;
  static std::size_t bytes_of(const removed_task& r) noexcept;
  removed_task& removed_at(number n) { return removed_[(n - first_removed_) & most_number]; }
  const removed_task& removed_at(number n) const { return removed_[(n - first_removed_) & most_number]; }
  number removed_number_of(std::string_view request_id) const;
  void forget_removed(std::string_view request_id);

  std::size_t removed_bytes_ = 0;
  std::size_t max_removed_bytes_;
  std::size_t max_removed_;
  const waking make_awake_;
};

// Goes through the histories a few at a time. Between two calls anything may happen to them: those that are there all
// the time are seen once, and of those that come and go some may be. One thread at a time, any; the index outlives it.
class history_index::walk final : public history_walk {
 public:
  walk(const history_index& index, std::optional<std::string_view> owner);
  bool next(std::size_t most, std::size_t limit, const std::function<bool(const task_view&)>& wanted,
            std::vector<history_ptr>& found) override;

 private:
  // Of one owner, whose histories are in order.
  struct reader {
    std::string owner;
    time_order::backwards at;
    std::uint64_t changes;  // history_index::changes_ as `at` was right
  };
  struct place {
    time_order::entry at;
    std::size_t reader;
    bool operator<(const place& other) const { return at < other.at; }
  };
  std::shared_lock<std::shared_mutex> reading() const;
  void add(const std::string& owner, const time_order& ages);

  const history_index& index_;
  std::vector<reader> readers_;
  std::priority_queue<place> next_;  // the newest of all owners first
};

}  // namespace streamdemo::gateway
