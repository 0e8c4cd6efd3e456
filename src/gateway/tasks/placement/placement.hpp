// Chooses the partition of each new task whose id is random, so that the task does not wait at one processor while
// another has a free slot. What it knows is in the log that every gateway reads: where all open tasks are
// (task_census), and what processors say of themselves (streamdemo/task/offer.hpp). A slot belongs to a processor, and
// is counted once however many partitions lead to it; what was placed since the processor spoke is taken off.
//  1. Where a slot is free: the processor with the most free slots for the kind; of equal ones each in its turn. (To
//     prefer the one with less to do makes the 99th percentile of the waits three times as long in the simulation.)
//  2. Where none is: the processor where the task will wait the shortest time, by the number of those that wait there
//     and by how often a slot has come free there lately.
// Among a processor's partitions, the last chosen one is kept for batch_lasts, so that the records of tasks which come
// together leave in one request; otherwise the one with the fewest open tasks. Partitions of which no processor says
// anything (foreign or earlier ones) are one more place in 2, each in turn, the ones with the fewest open tasks first.
// Knowledge that is not renewed is forgotten after three intervals. Pure: time is an argument. One thread at a time.
#pragma once
#include <streamdemo/task/offer.hpp>

#include <optional>

#include "gateway/tasks/placement/moving_average.hpp"
#include "gateway/tasks/placement/run_times.hpp"
#include "gateway/tasks/placement/task_census.hpp"

namespace streamdemo::gateway {

// How often a slot comes free at a processor.
class slot_pace {
 public:
  explicit slot_pace(base::steady_time now) : last_(now) {}
  void taken(base::steady_time now) { last_ = now; }
  void came_free(base::steady_time now);
  // How long it takes until one of so many slots comes free: as long as lately, on average, but no shorter than nothing
  // has happened. As long as none has come free: as if each task took a second.
  double seconds(std::int64_t slots, base::steady_time now) const;

 private:
  base::steady_time last_;  // when a slot was taken or came free
  moving_average gap_;      // seconds
};

class placement {
 public:
  static constexpr base::milliseconds batch_lasts{20};
  static constexpr std::size_t max_processors = 1000;
  static constexpr base::milliseconds waits_a_while{1000};

  struct options {
    std::int32_t partitions = 1;
    std::string request_topic;                                    // of kinds that have none of their own
    std::map<std::string, std::string, std::less<>> kind_topics;  // of those that have
    base::milliseconds alive_interval{2000};
    std::size_t seed = 0;  // different at each gateway: where the turns begin
  };
  // Why a partition was chosen.
  enum class reason { free_slot, least_wait, unknown };
  struct choice {
    std::int32_t partition;
    reason why;
  };

  placement(options o, base::steady_time now);

  choice choose(std::string_view kind, base::steady_time now);

  // Offers older than this are no longer worth reading.
  base::milliseconds offer_holds() const noexcept { return 3 * options_.alive_interval; }
  // A processor said this `age` ago.
  void told(const std::string& source, task::offer o, base::milliseconds age, base::steady_time now);

  // What happens to tasks, as task_census has it.
  void promised(const std::string& id, std::string_view kind, std::int32_t partition, base::steady_time now) {
    census_.promised(id, kind, partition, now);
  }
  void withdrawn(const std::string& id) { census_.withdrawn(id); }
  void accepted(const std::string& id, std::string_view kind, std::int32_t partition, base::steady_time now) {
    census_.accepted(id, kind, partition, now);
  }
  // `began`, `ended`: when that was by the log; zero: it is not known.
  void started(const std::string& id, std::string_view source, base::steady_time now, base::sys_time began = {});
  void released(const std::string& id, base::steady_time now) { slot_came_free(census_.released(id, now), now); }
  std::size_t open_tasks() const noexcept { return census_.size(); }
  void over(const std::string& id, base::steady_time now, base::sys_time ended = {});

  // Where the tasks stand that have waited for waits_a_while, unless they were told so before and nothing has changed.
  // `log_now`: the time by the log. Takes time for each task that waits.
  std::vector<queued_task> places_in_queue(base::steady_time now, base::sys_time log_now);

 private:
  struct batch {
    std::int32_t partition;
    base::steady_time since;
  };
  struct processor {
    explicit processor(base::steady_time now) : pace(now) {}
    task::offer said;
    base::steady_time said_at;
    slot_pace pace;
    std::optional<batch> filling;
  };
  using processors = base::string_map<processor>;
  // One processor's partitions of a topic, or those of which nobody says anything.
  struct group {
    processors::value_type* owner;  // nullptr: nobody says anything
    std::vector<std::int32_t> partitions;
  };
  struct topic {
    std::vector<processors::value_type*> owners;  // by partition
    std::vector<group> groups;                    // the same by owner
  };
  // Of two, the one with more free slots, then the one with the shorter wait is better.
  struct weight {
    std::int64_t free = 0;
    double wait = 0;  // estimated seconds
  };

  const topic& topic_of(std::string_view kind) const;
  void claim(processors::value_type& p);
  void forget(processors::iterator it);
  void forget_silent(base::steady_time now);
  slot_pace& pace_of(std::string_view source);
  void slot_came_free(const std::string& source, base::steady_time now);
  static void regroup(topic& t);
  bool takes(const group& g, std::string_view kind) const;
  weight weight_of(const group& g, std::string_view kind, base::steady_time now) const;
  std::int64_t others_that_begin_first(const processors::value_type& p, std::string_view kind) const;
  std::int32_t partition_in(const group& g, base::steady_time now);
  std::int64_t slots_left(const std::string& source, std::string_view kind, const task::slot_counts& of_kind) const;
  // How many tasks of a kind could begin there now, by the log, if none of it waited and so many others began first.
  std::int64_t free_slots(const processors::value_type& p, std::string_view kind, std::int64_t others = 0) const;
  std::optional<kind_slots> slots_of(std::string_view kind, const std::vector<group>& groups) const;
  run_forecast forecast(const group& g, std::string_view kind, base::sys_time log_now) const;

  const options options_;
  task_census census_;
  processors processors_;
  std::map<std::string, topic, std::less<>> topics_;  // of requests
  run_times run_times_;
  slot_pace others_pace_;  // of all processors that say nothing
  std::size_t turn_;
};

}  // namespace streamdemo::gateway
