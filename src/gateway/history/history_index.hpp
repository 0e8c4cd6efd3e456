// Finds histories by id and by age, from any thread. Written on loop 0. Remembers the last removed tasks, bounded in
// number and bytes, so that "no longer kept" can be distinguished from "unknown".
#pragma once
#include <streamdemo/base/string_map.hpp>

#include <deque>
#include <map>
#include <shared_mutex>

#include "gateway/history/kept_history.hpp"

namespace streamdemo::gateway {

class history_index {
 public:
  using kept_ptr = std::shared_ptr<kept_history>;

  static constexpr std::size_t most_removed = 10'000;
  explicit history_index(std::size_t max_removed_bytes, std::size_t max_removed = most_removed)
      : max_removed_bytes_(max_removed_bytes), max_removed_(max_removed) {}

  // A history, or one without events for a task that was removed; nullptr: unknown.
  history_ptr find(std::string_view request_id) const;
  // nullptr: it is not kept (any more).
  kept_ptr kept(std::string_view request_id) const;
  // Newest first; of one owner, or of all.
  std::vector<history_ptr> recent(std::optional<std::string_view> owner, std::size_t limit,
                                  const std::function<bool(const history&)>& wanted) const;
  std::vector<kept_ptr> all() const;
  std::size_t size() const;
  // When the oldest was accepted.
  std::optional<base::sys_time> oldest() const;
  // Memory of the removed tasks.
  std::size_t removed_bytes() const;

  // Replaces an older history of the same id.
  void insert(const kept_ptr& h);
  void remove(const kept_ptr& h);
  // Removes the history, or what is remembered of it, and remembers nothing.
  void forget(std::string_view request_id);

 private:
  template <class T>
  using by_id = base::string_map<T>;
  using by_age = std::map<std::pair<base::sys_time, std::uint64_t>, kept_ptr>;
  struct removed_task {
    task_view view;
    std::uint64_t serial;
  };

  mutable std::shared_mutex mutex_;
  struct place {
    by_age* of;
    by_age::iterator at;
  };
  // Each key is the id in the history itself.
  using places = std::unordered_map<std::string_view, place>;
  void erase(places::iterator it);

  places ids_;
  by_id<by_age> owners_;  // by owner; tasks without an owner under ""
  by_id<removed_task> removed_;
  std::deque<std::pair<std::string, std::uint64_t>> removal_order_;
  static std::size_t bytes_of(const removed_task& r) noexcept;
  void forget_removed(by_id<removed_task>::iterator r);

  std::size_t removed_bytes_ = 0;
  std::size_t max_removed_bytes_;
  std::size_t max_removed_;
  std::uint64_t next_serial_ = 0;
};

}  // namespace streamdemo::gateway
