// Makes the ids of new tasks so that they fall where placement wants them, and tells placement what the log says. Any
// thread; the functions after new_id() are called by the task service, on loop 0.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/base/quiet.hpp>

#include <array>
#include <mutex>

#include "gateway/tasks/placement/placement.hpp"

namespace streamdemo::gateway {

class task_placer {
 public:
  // The arguments outlive it.
  task_placer(placement::options o, const base::clock& clock, base::metrics& metrics, const base::logger& log);

  // The random id of a task that is about to be submitted. (A task with an upload takes its place here, too, since the
  // upload is stored under its id; the place is forgotten if the upload takes longer than a promise holds.)
  std::string new_id(std::string_view kind);
  // It was not submitted after all.
  void withdrawn(const std::string& id);

  void accepted(const std::string& id, std::string_view kind);
  // `source` empty: it was released. `began`, `ended`: by the log; zero: it is not known.
  void is_run_by(const std::string& id, const std::string& source, base::sys_time began);
  void over(const std::string& id, base::sys_time ended);
  // An `alive` that tells an offer, written this long ago.
  void offered(const task::message_view& m, base::milliseconds age);

  // Where the tasks that wait stand, as far as that is new. `log_now`: the time by the log.
  std::vector<queued_task> places_in_queue(base::sys_time log_now);

 private:
  std::int32_t partition_of(const std::string& id) const;
  template <class F>
  auto locked(F f) {
    const std::lock_guard lock(mutex_);
    return f();
  }

  const std::int32_t partitions_;
  const base::clock& clock_;
  const base::logger& log_;
  std::array<base::counter*, 3> placed_;  // by placement::reason
  base::quiet quiet_;
  std::mutex mutex_;
  placement placement_;  // under mutex_
};

}  // namespace streamdemo::gateway
