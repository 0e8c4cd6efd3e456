// Where every open task is, as far as one gateway knows: promised to a partition by this gateway, waiting there for a
// processor, or running at one. Counts them per kind, partition and processor. A step takes constant time; memory is
// bounded by the open tasks and max_promises. Pure: time is an argument. Used by placement.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/string_map.hpp>

#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/history/queue_place.hpp"

namespace streamdemo::gateway {

class task_census {
 public:
  // If a promised task is not in the log after this time, it probably was not submitted.
  static constexpr base::milliseconds promise_holds{2000};
  static constexpr std::size_t max_promises = 10'000;

  explicit task_census(std::int32_t partitions) : open_(static_cast<std::size_t>(partitions), 0) {}
  task_census(const task_census&) = delete;

  // This gateway has chosen the place of a task that it is about to submit.
  void promised(const std::string& id, std::string_view kind, std::int32_t partition, base::steady_time now);
  void withdrawn(const std::string& id);  // it is not submitted after all
  void forget_promises(base::steady_time now);

  // What the log says. `accepted` may come again for a task that is known: then all is as if it had just come.
  void accepted(const std::string& id, std::string_view kind, std::int32_t partition, base::steady_time now);
  // `began`: when, by the log; zero: it is not known.
  void started(const std::string& id, std::string_view source, base::sys_time began = {});
  // Both return the source that ran the task until now; empty: none did.
  std::string released(const std::string& id, base::steady_time now);
  std::string over(const std::string& id);

  // Tasks of a kind that have waited in a partition since before `time` are counted no more: the processor that reads
  // it has slots for them, so it does not have them. (A gateway may have died between a task's `accepted` and its
  // request.)
  void discount_waiting_since_before(std::string_view kind, std::int32_t partition, base::steady_time time);

  // In these partitions together, promised ones too.
  std::size_t waiting(std::string_view kind, std::span<const std::int32_t> partitions) const;
  std::size_t running(std::string_view source) const;
  std::size_t running(std::string_view source, std::string_view kind) const;
  std::size_t open(std::int32_t partition) const { return open_[static_cast<std::size_t>(partition)]; }
  std::size_t size() const noexcept { return tasks_.size(); }

  // When the tasks of a kind that a source runs began, by the log; those of which it is known.
  std::vector<base::sys_time> began(std::string_view source, std::string_view kind) const;
  // When a task began that runs; zero: it does not, or that is not known.
  base::sys_time began(const std::string& id) const;
  // Of a task that is known.
  const std::string& kind_of(const std::string& id) const { return tasks_.find(id)->second.kind->first; }

  struct waiting_task {
    std::string id;
    base::steady_time since;
    std::optional<queue_place> told;  // by places_in_queue
  };
  using lane = std::list<waiting_task>;  // of one kind and partition, the earliest first
  // Calls each(kind, lanes by partition).
  template <class F>
  void each_kind(F each) {
    for (auto& [kind, entry] : kinds_) each(kind, entry.lanes);
  }

 private:
  struct promise {
    std::string id;
    base::steady_time since;
  };
  struct kind_entry {
    std::vector<lane> lanes;  // by partition
    std::size_t tasks = 0;    // that name it
  };
  using kinds = base::string_map<kind_entry>;
  struct source_entry {
    std::size_t all = 0;
    base::string_map<std::list<base::sys_time>> of_kind;  // when they began
  };
  struct task {
    enum class place { promised, waiting, discounted, running };
    kinds::value_type* kind;
    std::int32_t partition;
    place now;
    lane::iterator at;   // promised, waiting
    std::string source;  // running
    std::list<base::sys_time>::iterator began;
  };
  using tasks = base::string_map<task>;

  tasks::iterator enter(const std::string& id, std::string_view kind, std::int32_t partition);
  void wait(tasks::value_type& t, task::place as, base::steady_time now);
  // Takes it out of the counts of its present place. Returns the source that ran it.
  std::string leave(task& t);
  void remove(tasks::iterator it);
  lane& lane_of(const task& t) { return t.kind->second.lanes[static_cast<std::size_t>(t.partition)]; }

  std::vector<std::size_t> open_;  // by partition
  kinds kinds_;
  base::string_map<source_entry> sources_;  // that run a task
  tasks tasks_;
  std::deque<promise> promises_;  // kept or not, in order of time
};

}  // namespace streamdemo::gateway
